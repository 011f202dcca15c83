using System.Text;
using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos.Isolation;

/// <summary>One video that a child process decodes. Should the process end before the video does, the video breaks off there.</summary>
internal sealed class ProcessDecoder : IFrameSource
{
    private readonly ProcessOpener _opener;
    private readonly CancellationTokenRegistration _interrupt;
    private readonly string _path;
    private DamageCounts _damage;
    private int _frames;
    private bool _disposed;

    internal ProcessDecoder(ProcessOpener opener, string path, VideoStreamInfo info, CancellationToken interrupt)
    {
        (_opener, _path, Info) = (opener, path, info);
        var process = opener.Process;
        _interrupt = interrupt.UnsafeRegister(_ => process.Kill(), null);
    }

    public VideoStreamInfo Info { get; }

    public int CorruptPackets => _damage.CorruptPackets;

    public int DecodeErrors => _damage.DecodeErrors;

    public int BackwardJumps => _damage.BackwardJumps;

    public DecodeEnd? End { get; private set; }

    public bool TryRead(out DecodedFrame frame)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        frame = default;
        try
        {
            while (End is null)
            {
                if (TryReadMessage(out frame))
                    return true;
            }
        }
        catch (Exception error) when (error is IOException or LibavException or OverflowException)
        {
            // Whatever it says is no longer to be trusted.
            _opener.Process.Kill();
            _opener.EndProcess();
            End = new DecodeEnd(_frames, error.Message);
        }
        return false;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _interrupt.Dispose();
        if (End is null)
            _opener.Leave();
    }

    /// <returns>Whether the message was a frame.</returns>
    private bool TryReadMessage(out DecodedFrame frame)
    {
        frame = default;
        var process = _opener.Process;
        if (process.TryRead(out DecoderHeader header))
        {
            switch (header.Message)
            {
                case DecoderMessage.Frame when process.TryRead(out FrameMessage message):
                    frame = _opener.Take(message, _frames++);
                    _damage = message.Damage;
                    return true;
                case DecoderMessage.Ring when process.TryRead(out RingMessage ring):
                    _opener.Map(ring);
                    return false;
                case DecoderMessage.End when process.TryRead(out EndMessage end):
                    var error = new byte[Math.Clamp(header.Bytes - System.Runtime.CompilerServices.Unsafe.SizeOf<EndMessage>(), 0, 1 << 20)];
                    if (!process.TryFill(error))
                        break;
                    _damage = end.Damage;
                    End = new DecodeEnd(_frames, error.Length == 0 ? null : Encoding.UTF8.GetString(error));
                    return false;
                case DecoderMessage.Refused:
                    var reason = new byte[Math.Clamp(header.Bytes, 0, 1 << 20)];
                    if (!process.TryFill(reason))
                        break;
                    End = new DecodeEnd(_frames, Encoding.UTF8.GetString(reason));
                    throw new VideoException(_path, End.Error!);
            }
        }
        End = new DecodeEnd(_frames, $"the decoder's process {_opener.EndProcess()}");
        return false;
    }
}
