namespace Panda.Stream.Videos.Isolation;

/// <summary>A video that a child process has opened and waits to decode.</summary>
internal sealed class ProcessHeader : IVideoHeader
{
    private readonly ProcessOpener _opener;
    private readonly CancellationToken _interrupt;
    private readonly long? _pictureBytes;
    private bool _waits = true;

    internal ProcessHeader(ProcessOpener opener, string path, byte[] answer, CancellationToken interrupt)
    {
        (_opener, Path, _interrupt) = (opener, path, interrupt);
        Info = StreamInfoBytes.Read(answer, out _pictureBytes);
    }

    public string Path { get; }

    public VideoStreamInfo Info { get; }

    public long? PictureBytes => _pictureBytes;

    public IFrameSource Decode(int threads)
    {
        _waits = false;
        var answer = _opener.Ask(Path, [(byte)DecoderCommand.Decode, (byte)threads], _interrupt);
        return new ProcessDecoder(_opener, Path, StreamInfoBytes.Read(answer), _interrupt);
    }

    public void Dispose()
    {
        if (_waits)
            _opener.Leave();
        _waits = false;
    }
}
