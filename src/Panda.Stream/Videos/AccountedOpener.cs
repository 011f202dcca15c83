namespace Panda.Stream.Videos;

/// <summary>Decodes in this process and keeps account of it; what was in a crash before is not let near it again.</summary>
/// <param name="here">Decodes in this process.</param>
/// <param name="apart">Makes what decodes in another.</param>
internal sealed class AccountedOpener(IVideoOpener here, Func<IVideoOpener> apart, OpenedVideos opened) : IVideoOpener
{
    private IVideoOpener? _apart;

    public IVideoHeader Open(string path, CancellationToken interrupt)
    {
        if (opened.Crashed.TryGetValue(path, out var signal))
            throw new VideoException(path, $"found that the run died by {signal} while this video was open, expected a video whose decoder does not crash");
        if (opened.Suspects.Contains(path))
            return (_apart ??= apart()).Open(path, interrupt);
        opened.Add(path);
        try
        {
            return new AccountedHeader(here.Open(path, interrupt), () => opened.Remove(path));
        }
        catch
        {
            opened.Remove(path);
            throw;
        }
    }

    public void Dispose()
    {
        here.Dispose();
        _apart?.Dispose();
    }

    private sealed class AccountedHeader(IVideoHeader header, Action closed) : IVideoHeader
    {
        private bool _decodes;

        public string Path => header.Path;
        public VideoStreamInfo Info => header.Info;
        public long? PictureBytes => header.PictureBytes;

        public IFrameSource Decode(int threads)
        {
            var source = new AccountedSource(header.Decode(threads), closed);
            _decodes = true;
            return source;
        }

        public void Dispose()
        {
            header.Dispose();
            if (!_decodes)
                closed();
        }
    }

    private sealed class AccountedSource(IFrameSource source, Action closed) : IFrameSource
    {
        public VideoStreamInfo Info => source.Info;
        public int CorruptPackets => source.CorruptPackets;
        public int DecodeErrors => source.DecodeErrors;
        public int BackwardJumps => source.BackwardJumps;
        public DecodeEnd? End => source.End;
        public string? CardRefusal => source.CardRefusal;

        public bool TryRead(out DecodedFrame frame) => source.TryRead(out frame);

        public void Dispose()
        {
            source.Dispose();
            closed();
        }
    }
}
