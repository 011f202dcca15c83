using System.Runtime.InteropServices;
using System.Text;

namespace Panda.Stream.Videos.Isolation;

/// <summary>
/// Decodes in a child process, one for all videos of a lane; after one that crashed, hung or was killed the next video gets a new one.
/// </summary>
/// <param name="frames">Frames that whoever reads may hold at once: with fewer slots the process would wait for ever.</param>
/// <param name="memoryMegabytes">Memory of its own that the process may take; null for any.</param>
public sealed class ProcessOpener(int frames, int? memoryMegabytes) : IVideoOpener
{
    private DecoderProcess? _process;
    private SharedFrames? _frames;

    /// <exception cref="Native.NativeLibraryException">The program is not there.</exception>
    public static void RequireProgram() => _ = DecoderProcess.Program;

    /// <summary>The process's id; null while there is none.</summary>
    public int? ProcessId => _process?.Id;

    public IVideoHeader Open(string path, CancellationToken interrupt)
    {
        // As the child would say it, at no cost.
        if (VideoFile.Unusable(path, out _) is { } unusable)
            throw new VideoException(path, unusable);
        if (_process is { HasEnded: true })
            EndProcess();
        _process ??= DecoderProcess.Start(memoryMegabytes);
        var name = Encoding.UTF8.GetBytes(Path.GetFullPath(path));
        var answer = Ask(path, [(byte)DecoderCommand.Open, 0, .. MemoryMarshal.AsBytes([new OpenMessage(frames, name.Length)]), .. name], interrupt);
        return new ProcessHeader(this, path, answer, interrupt);
    }

    public void Dispose()
    {
        _process?.Dispose();
        _frames?.Dispose();
        (_process, _frames) = (null, null);
    }

    internal DecoderProcess Process => _process ?? throw new InvalidOperationException("The decoder's process has ended.");

    /// <summary>Sends a command and waits for what the process says to it.</summary>
    /// <exception cref="VideoException">It refuses the video, or has ended.</exception>
    internal byte[] Ask(string path, ReadOnlySpan<byte> command, CancellationToken interrupt)
    {
        using var killing = interrupt.UnsafeRegister(static opener => ((ProcessOpener)opener!)._process?.Kill(), this);
        if (_process is { } process)
        {
            process.Send(command);
            if (process.TryRead(out DecoderHeader header))
            {
                var payload = new byte[Math.Clamp(header.Bytes, 0, 1 << 20)];
                if (process.TryFill(payload))
                    return header.Message == DecoderMessage.Refused ? throw new VideoException(path, Encoding.UTF8.GetString(payload)) : payload;
            }
        }
        throw new VideoException(path, $"found that the decoder's process {EndProcess()} while it opened the video, expected a video");
    }

    /// <summary>Maps a new ring; frames of the one before stay as long as they are leased.</summary>
    internal void Map(RingMessage ring)
    {
        var process = Process;
        _frames?.Dispose();
        _frames = new SharedFrames(process.Id, ring, slot => process.Send(DecoderCommand.Free, slot));
        process.Send(DecoderCommand.Mapped);
    }

    internal DecodedFrame Take(FrameMessage frame, int index) =>
        (_frames ?? throw new IOException("decoder's process: found a frame before any memory")).Take(frame, index);

    /// <summary>The reader leaves a video before its end: the process may be in the middle of anything.</summary>
    internal void Leave() => Dispose();

    /// <summary>The process is of no more use.</summary>
    /// <returns>How it ended, in words.</returns>
    internal string EndProcess()
    {
        var ended = Process.HowItEnded();
        _process!.Dispose();
        _frames?.Dispose();
        (_process, _frames) = (null, null);
        return ended;
    }
}
