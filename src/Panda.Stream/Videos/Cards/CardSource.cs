namespace Panda.Stream.Videos.Cards;

/// <summary>
/// A video that a card decodes as far as it can. From the first frame that it does not give, the CPU goes on: it decodes the video from its
/// beginning, and its frames up to there, which are the same, are passed over. So no frame is lost or comes twice, and what is told of damage,
/// times and the end is what the CPU found in the whole video.
/// </summary>
internal sealed class CardSource : IFrameSource
{
    // Standards that fix every bit of a decoded picture. Those of MPEG-1, -2, -4 and JPEG leave the rounding of the transform open:
    // rows would depend on who decoded.
    private static readonly string[] ExactCodecs = ["h264", "hevc", "vp8", "vp9", "av1"];

    private readonly string _codec;
    private readonly Func<IFrameSource> _byCpu;
    private readonly CardRefusals _refusals;
    private IFrameSource? _source;
    private DecodeCard? _card;
    private string? _refusal;
    private int _frames;

    /// <param name="codec">libav's name of it.</param>
    /// <param name="onCard">Begins to decode on the card; throws <see cref="CardException"/> where that cannot be done.</param>
    /// <param name="byCpu">Begins to decode by the CPU.</param>
    /// <exception cref="VideoException">The CPU cannot decode it either.</exception>
    public CardSource(string codec, Func<VideoDecoder> onCard, Func<IFrameSource> byCpu, CardRefusals refusals)
    {
        (_codec, _byCpu, _refusals) = (codec, byCpu, refusals);
        try
        {
            var decoder = ExactCodecs.Contains(codec) ? onCard()
                : throw new CardException($"found a codec whose pictures a card may round otherwise than a CPU, expected one of {string.Join(", ", ExactCodecs)}");
            (_source, _card) = (decoder, decoder.Card);
        }
        catch (CardException refused)
        {
            GoOnByCpu(refused.Message);
        }
    }

    public VideoStreamInfo Info => Source.Info;
    public int CorruptPackets => Source.CorruptPackets;
    public int DecodeErrors => Source.DecodeErrors;
    public int BackwardJumps => Source.BackwardJumps;
    public DecodeEnd? End => Source.End;

    public string? CardRefusal => _refusal ?? (_card?.Failure is { } failure ? _refusals.OfWork(failure) : null);

    public bool TryRead(out DecodedFrame frame)
    {
        try
        {
            return Read(out frame);
        }
        catch (CardException refused)
        {
            GoOnByCpu(refused.Message);
            return Read(out frame);
        }
    }

    public void Dispose() => _source?.Dispose();

    private IFrameSource Source => _source ?? throw new ObjectDisposedException(nameof(CardSource));

    private bool Read(out DecodedFrame frame)
    {
        var there = Source.TryRead(out frame);
        _frames += there ? 1 : 0;
        return there;
    }

    private void GoOnByCpu(string reason)
    {
        _source?.Dispose();
        _source = null; // so that a video that the CPU cannot open leaves nothing half disposed
        _refusal = _refusals.Of(_codec, reason, _frames);
        _source = _byCpu();
        for (var passed = 0; passed < _frames && _source.TryRead(out var frame); passed++)
            frame.Dispose();
    }
}
