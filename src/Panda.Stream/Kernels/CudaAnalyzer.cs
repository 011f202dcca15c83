using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Kernels;

/// <summary>
/// Scores the frames of one video on a card as long as that can be done. From the first frame that it does not take, or at which it fails,
/// the CPU goes on from what the card knew of the frame before: the scores are the same.
/// </summary>
/// <param name="open">Opens what scores on the card; called for the first frame that it takes.</param>
/// <param name="cpu">Makes what goes on, from nothing or from where the card was.</param>
/// <param name="onCard">A frame where it lies on that card; null where it is in the machine's memory.</param>
/// <param name="failed">Told why the card failed, and at which frame.</param>
internal sealed class CudaAnalyzer(
    Func<CudaFrameScorer> open, Func<ScorerState?, FrameScorer> cpu, Func<DecodedFrame, CudaFrame?> onCard, Action<Exception, int> failed) : IFrameAnalyzer
{
    private CudaFrameScorer? _card;
    private FrameScorer? _cpu;

    public int Scored => _cpu?.Scored ?? _card?.Scored ?? 0;

    public void Score(ReadOnlySpan<DecodedFrame> frames, Span<FrameScore> scores)
    {
        var before = Scored;
        if (_cpu is null)
            ScoreOnCard(frames, scores);
        var done = Scored - before;
        if (done < frames.Length)
            _cpu!.Score(frames[done..], scores[done..]);
    }

    public void Dispose()
    {
        _card?.Dispose();
        _cpu?.Dispose();
    }

    private void ScoreOnCard(ReadOnlySpan<DecodedFrame> frames, Span<FrameScore> scores)
    {
        var taken = 0;
        while (taken < frames.Length && (onCard(frames[taken]) is not null || FrameScorer.TryGetPlanes(frames[taken], out _)))
            taken++;
        try
        {
            if (taken > 0)
                (_card ??= open()).Score(new Batch(frames[..taken].ToArray(), onCard), scores[..taken]);
            if (taken < frames.Length)
                GoOnByCpu();
        }
        catch (Exception error) when (error is CudaException or NativeLibraryException)
        {
            failed(error, Scored);
            GoOnByCpu();
        }
    }

    private void GoOnByCpu()
    {
        _cpu = cpu(_card?.State);
        _card?.Dispose();
        _card = null;
    }

    private sealed class Batch(DecodedFrame[] frames, Func<DecodedFrame, CudaFrame?> onCard) : ICudaFrames
    {
        public CudaFrame? OnCard(int frame) => onCard(frames[frame]);

        public Yuv420Planes OnHost(int frame) =>
            FrameScorer.TryGetPlanes(frames[frame], out var planes) ? planes : throw new InvalidOperationException($"Frame {frames[frame].Index} has no planes.");
    }
}
