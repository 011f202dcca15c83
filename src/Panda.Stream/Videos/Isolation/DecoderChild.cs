using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Native.Processes;

namespace Panda.Stream.Videos.Isolation;

/// <summary>
/// A decoder's process: opens the videos that its parent names, one after another, and puts their frames into shared memory.
/// It does so on one thread, which reads what the parent says only when it can do nothing else: when every slot is in use.
/// </summary>
public sealed class DecoderChild : IDisposable
{
    /// <summary>The program's hidden command; the parent's process id and the megabytes of memory, or none, follow.</summary>
    public const string Command = "decoder-process";

    private const int MostTimesTooLarge = 4;

    private readonly FileStream _commands = new(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
    private readonly FileStream _messages = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
    private readonly Stack<int> _free = new(); // the last one to come back first: it is still in the processor's cache
    private SharedMemory? _memory;
    private PictureLayout? _layout;
    private readonly long? _mostMemory;
    private int _slots, _errors, _argument;
    private long _slotBytes;

    private DecoderChild(int? memoryMegabytes) => _mostMemory = (long?)memoryMegabytes << 20;

    /// <summary>Serves the parent until it closes the pipe or ends.</summary>
    /// <param name="memoryMegabytes">Memory of its own that the process may take; null for any.</param>
    /// <returns>The exit code.</returns>
    public static int Run(int parent, int? memoryMegabytes)
    {
        if (!ChildLimits.BindTo(parent))
            return 1;
        if (memoryMegabytes is { } megabytes)
            ChildLimits.LimitMemory((long)megabytes << 20);
        using var child = new DecoderChild(memoryMegabytes);
        try
        {
            while (child.Hear() is { } command)
            {
                if (command == DecoderCommand.Open)
                    child.Serve();
            }
            return 0; // the parent has closed the pipe
        }
        catch (IOException)
        {
            return 1; // the parent has gone
        }
    }

    public void Dispose()
    {
        _memory?.Dispose();
        _commands.Dispose();
        _messages.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Told to the parent, whose video it costs.")]
    private void Serve()
    {
        OpenMessage open = default;
        _commands.ReadExactly(MemoryMarshal.AsBytes(new Span<OpenMessage>(ref open)));
        var path = new byte[open.PathBytes];
        _commands.ReadExactly(path);
        _slots = open.Slots;
        VideoDecoder decoder;
        try
        {
            using var header = VideoHeader.Read(Encoding.UTF8.GetString(path));
            Say(DecoderMessage.Header, StreamInfoBytes.Of(header.Info, header.PictureBytes));
            Await(DecoderCommand.Decode);
            decoder = VideoDecoder.Open(header, _argument);
        }
        catch (IOException)
        {
            throw; // the parent has gone
        }
        catch (Exception error)
        {
            Say(DecoderMessage.Refused, Encoding.UTF8.GetBytes(error is VideoException refused ? refused.Reason : error.Message));
            return;
        }
        using (decoder)
        {
            Say(DecoderMessage.Opened, StreamInfoBytes.Of(decoder.Info));
            string? broke = null;
            try
            {
                Decode(decoder);
            }
            catch (VideoException refused)
            {
                Say(DecoderMessage.Refused, Encoding.UTF8.GetBytes(refused.Reason));
                return;
            }
            catch (Exception error) when (error is not IOException)
            {
                broke = error.Message;
            }
            var end = MemoryMarshal.AsBytes([new EndMessage(decoder.End?.Frames ?? 0, DamageOf(decoder))]);
            Say(DecoderMessage.End, [.. end, .. Encoding.UTF8.GetBytes(broke ?? decoder.End?.Error ?? "")]);
        }
    }

    private void Decode(VideoDecoder decoder)
    {
        _errors = 0;
        while (decoder.TryRead(out var frame))
        {
            using (frame)
            {
                LookAtMemory(decoder);
                var picture = frame.Picture;
                MakeRoom(picture);
                while (_free.Count == 0)
                    Await(DecoderCommand.Free);
                var slot = _free.Pop();
                _layout!.Copy(picture, _memory!.Start + (nint)(slot * _slotBytes));
                Say(DecoderMessage.Frame, MemoryMarshal.AsBytes([new FrameMessage(
                    slot, frame.IsDamaged ? 1 : 0, frame.Pts, picture.Format, picture.Width, picture.Height, picture.ColorRange, picture.ColorSpace, DamageOf(decoder))]));
            }
        }
        LookAtMemory(decoder);
    }

    // Codecs tell of a picture for which there was no memory as of a damaged one; passed over, the video would come to nothing unnoticed.
    private void LookAtMemory(VideoDecoder decoder)
    {
        if (decoder.DecodeErrors == _errors || _mostMemory is not { } most)
            return;
        _errors = decoder.DecodeErrors;
        var picture = _layout?.Bytes ?? 0;
        if (most - ChildLimits.MemoryTaken() is var left && left < 2 * picture)
            throw new InsufficientMemoryException($"found {left >> 20} MB left of the {most >> 20} MB of decode.process_memory_mb, expected room for another picture of {picture >> 20} MB");
    }

    private static DamageCounts DamageOf(VideoDecoder decoder) => new(decoder.CorruptPackets, decoder.DecodeErrors, decoder.BackwardJumps);

    /// <summary>Sees to it that slots are large enough for a picture.</summary>
    private void MakeRoom(Frame picture)
    {
        if (_layout is null || !_layout.Fits(picture))
            _layout = PictureLayout.Of(picture);
        // Far too large a ring, of an earlier video, would keep what that one took.
        if (_memory is not null && _slotBytes >= _layout.Bytes && _slotBytes / MostTimesTooLarge <= _layout.Bytes)
            return;
        _memory?.Dispose();
        _slotBytes = _layout.Bytes;
        _memory = SharedMemory.Create(_slots * _slotBytes);
        Say(DecoderMessage.Ring, MemoryMarshal.AsBytes([new RingMessage(_memory.Descriptor, _slots, _slotBytes)]));
        Await(DecoderCommand.Mapped);
        _free.Clear();
        for (var slot = _slots - 1; slot >= 0; slot--)
            _free.Push(slot);
    }

    private void Await(DecoderCommand wanted)
    {
        while (Hear() is var heard && heard != wanted)
        {
            if (heard is null)
                throw new IOException("the parent has gone");
        }
    }

    /// <summary>What the parent says next, slots taken back; null when it has gone.</summary>
    private DecoderCommand? Hear()
    {
        Span<byte> command = stackalloc byte[2];
        if (_commands.ReadAtLeast(command, command.Length, throwOnEndOfStream: false) < command.Length)
            return null;
        if ((DecoderCommand)command[0] == DecoderCommand.Free)
            _free.Push(command[1]);
        _argument = command[1];
        return (DecoderCommand)command[0];
    }

    private void Say(DecoderMessage message, ReadOnlySpan<byte> payload)
    {
        var header = new DecoderHeader(message, payload.Length);
        // One write, so that one read takes all of it.
        Span<byte> bytes = payload.Length <= 128 ? stackalloc byte[8 + payload.Length] : new byte[8 + payload.Length];
        MemoryMarshal.Write(bytes, header);
        payload.CopyTo(bytes[8..]);
        _messages.Write(bytes);
    }
}
