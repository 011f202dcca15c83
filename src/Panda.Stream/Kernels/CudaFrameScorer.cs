using System.Runtime.InteropServices;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;

namespace Panda.Stream.Kernels;

/// <summary>
/// Scores the frames of one video on a card, batch by batch: one copy to the card for those that lie in the machine's memory, those on the
/// card in place, then the detector's kernels and one copy back. The same figures as on the CPU, to the last bit. For one thread.
/// </summary>
/// <param name="queue">Its own from now on, like the detector.</param>
/// <param name="detector">What is computed.</param>
/// <param name="downscale">How small frames are made before they are compared.</param>
/// <param name="rotation">Degrees clockwise by which players turn the frames.</param>
internal sealed class CudaFrameScorer(CudaQueue queue, CudaDetector detector, Downscale downscale, int rotation) : IDisposable
{
    // Of frames that go to the card together: some tens of 4K, of which a copy takes longer than whatever comes with each.
    private const int MostBytes = 256 << 20;

    private const int Alignment = 16;

    private SmallPictureTables? _tables;
    private PictureShape _shape;
    private (int Width, int Height) _small;
    private CudaEvent? _made;

    /// <summary>How a frame lies: frames that lie alike go through the kernels together.</summary>
    /// <param name="MadeIn">See <see cref="CudaFrame"/>; null in the machine's memory.</param>
    private readonly record struct Lie(PictureShape Shape, bool FullRange, CudaStream? MadeIn);

    /// <summary>Frames scored so far.</summary>
    public int Scored { get; private set; }

    /// <summary>From where a scorer on the CPU can go on; null when nothing was scored.</summary>
    public ScorerState? State => Scored == 0 ? null : new(Scored, _small.Width, _small.Height, detector.Latest);

    /// <summary>Scores the next frames, each against the one before it.</summary>
    /// <param name="frames">As many as there are scores.</param>
    /// <param name="scores">One a frame.</param>
    /// <exception cref="CudaException">The card refused, or is out of memory; <see cref="Scored"/> says how many frames were scored before.</exception>
    public void Score(ICudaFrames frames, Span<FrameScore> scores)
    {
        for (var start = 0; start < scores.Length;)
        {
            // As nearly always all do.
            var lie = LieOf(frames, start);
            var end = start + 1;
            var most = start + Math.Max(1, MostBytes / (2 * lie.Shape.Stride * lie.Shape.Height));
            while (end < scores.Length && end < most && LieOf(frames, end) == lie)
                end++;
            ScoreAlike(frames, start, scores[start..end], lie);
            Scored += end - start;
            start = end;
        }
    }

    public void Dispose()
    {
        detector.Dispose();
        queue.Dispose();
        _made?.Dispose();
    }

    private void ScoreAlike(ICudaFrames frames, int first, Span<FrameScore> scores, Lie lie)
    {
        if (_small == default)
            _small = downscale.SmallSize(lie.Shape.UprightWidth, lie.Shape.UprightHeight);
        if (_tables is null || lie.Shape != _shape)
            (_tables, _shape) = (new(lie.Shape, _small.Width, _small.Height), lie.Shape);

        // All that the kernels read, one after the other: tables, where the frames lie, the frames unless they are there.
        var columnBytes = MemoryMarshal.AsBytes<Tap>(_tables.Columns);
        var rowBytes = MemoryMarshal.AsBytes<Tap>(_tables.Rows);
        int rows = Align(columnBytes.Length), places = rows + Align(rowBytes.Length), pixels = places + Align(scores.Length * Marshal.SizeOf<FramePlanes>());
        int u = 0, v = 0, each = 0;
        if (lie.MadeIn is null)
        {
            var planes = frames.OnHost(first);
            (u, v) = (Align(planes.Y.Length), Align(planes.Y.Length) + Align(planes.U.Length));
            each = v + Align(planes.V.Length);
        }
        var bytes = pixels + (long)each * scores.Length;
        using var upload = queue.Pinned.Rent(bytes);
        using var input = queue.Memory.Rent(bytes);
        var host = upload.Block.Span;
        var card = input.Block.Pointer;
        columnBytes.CopyTo(host);
        rowBytes.CopyTo(host[rows..]);
        var place = MemoryMarshal.Cast<byte, FramePlanes>(host[places..pixels]);
        for (var i = 0; i < scores.Length; i++)
        {
            if (lie.MadeIn is not null)
            {
                place[i] = frames.OnCard(first + i)!.Planes;
                continue;
            }
            var frame = frames.OnHost(first + i);
            var at = pixels + i * each;
            frame.Y.CopyTo(host[at..]);
            frame.U.CopyTo(host[(at + u)..]);
            frame.V.CopyTo(host[(at + v)..]);
            place[i] = new(card + at, card + at + u, card + at + v);
        }

        queue.Stream.Upload(upload.Block, input.Block, bytes);
        if (lie.MadeIn is { } stream)
        {
            _made ??= queue.Context.CreateEvent();
            _made.Record(stream);
            queue.Stream.Wait(_made);
        }
        detector.Score(queue, _tables.Arguments(card + places, card, card + rows, lie.FullRange), Scored, scores);
    }

    private Lie LieOf(ICudaFrames frames, int frame)
    {
        if (frames.OnCard(frame) is { } there)
            return new(new(there.Shape.Width, there.Height, there.Shape.Stride, there.Shape.ChromaStride, rotation, 1, there.Shape.ChromaStep), there.FullRangeFormat, there.MadeIn);
        var planes = frames.OnHost(frame);
        return planes.StrideU == planes.StrideV
            ? new(new(planes.Width, planes.Height, planes.StrideY, planes.StrideU, rotation, 1), planes.FullRangeFormat, null)
            : throw new ArgumentException($"chroma rows: found {planes.StrideU} and {planes.StrideV} bytes apart, expected the same in both planes");
    }

    private static int Align(int bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
