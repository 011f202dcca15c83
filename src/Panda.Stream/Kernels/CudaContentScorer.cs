using System.Runtime.InteropServices;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Kernels;

/// <summary>The planes of a frame of a batch.</summary>
internal delegate Yuv420Planes PlanesOf(int frame);

/// <summary>
/// <see cref="ContentScorer"/> on a card, for batches of frames that lie in the machine's memory: one copy to the card, one launch and one
/// copy back a batch, and the same integers. For one video and one thread.
/// </summary>
/// <param name="kernels">Those of the stream's card; they stay the caller's, like the stream.</param>
internal sealed class CudaContentScorer(CudaKernels kernels, CudaStream stream, Downscale downscale, int rotation) : IDisposable
{
    // Of frames that go to the card together: some tens of 4K, of which a copy takes longer than whatever comes with each.
    private const int MostBytes = 256 << 20;

    private const int Alignment = 16, SumBytes = 3 * sizeof(long);

    private readonly CudaPool<CudaMemory> _memory = stream.CreatePool();
    private readonly CudaPool<CudaPinned> _pinned = stream.CreatePinnedPool();
    private CudaLease<CudaMemory>? _previous; // HSV of the last frame's small picture
    private SmallPictureTables? _tables;
    private PictureShape _shape;
    private (int Width, int Height) _small;
    private int _frame;

    /// <summary>Scores the next frames, each against the one before it.</summary>
    /// <param name="scores">One a frame.</param>
    /// <param name="planes">The frames, of even height.</param>
    /// <exception cref="CudaException">The card refused, or is out of memory; frames before others that lie otherwise may count as scored.</exception>
    public void Score(Span<ContentScore> scores, PlanesOf planes)
    {
        for (var start = 0; start < scores.Length;)
        {
            // Frames that lie alike go together, as nearly always all do.
            var (shape, fullRange) = LieOf(planes(start));
            var end = start + 1;
            var most = start + Math.Max(1, MostBytes / (2 * planes(start).Y.Length));
            while (end < scores.Length && end < most && LieOf(planes(end)) == (shape, fullRange))
                end++;
            var first = start;
            ScoreAlike(scores[start..end], frame => planes(first + frame), shape, fullRange);
            start = end;
        }
    }

    public void Dispose()
    {
        _previous?.Dispose();
        _memory.Dispose();
        _pinned.Dispose();
    }

    private void ScoreAlike(Span<ContentScore> scores, PlanesOf planes, PictureShape shape, bool fullRange)
    {
        if (_small == default)
            _small = downscale.SmallSize(shape.UprightWidth, shape.UprightHeight);
        if (_tables is null || shape != _shape)
            (_tables, _shape) = (new(shape, _small.Width, _small.Height), shape);

        // 1. All that the kernel reads, one after the other: tables, where the frames lie, the frames.
        var first = planes(0);
        var columnBytes = MemoryMarshal.AsBytes<Tap>(_tables.Columns);
        var rowBytes = MemoryMarshal.AsBytes<Tap>(_tables.Rows);
        int rows = Align(columnBytes.Length), frames = rows + Align(rowBytes.Length), pixels = frames + Align(scores.Length * 3 * nint.Size);
        int u = Align(first.Y.Length), v = u + Align(first.U.Length), each = v + Align(first.V.Length);
        var bytes = pixels + (long)each * scores.Length;
        using var upload = _pinned.Rent(bytes);
        using var input = _memory.Rent(bytes);
        var host = upload.Block.Span;
        var card = input.Block.Pointer;
        columnBytes.CopyTo(host);
        rowBytes.CopyTo(host[rows..]);
        var lie = MemoryMarshal.Cast<byte, FramePlanes>(host[frames..pixels]);
        for (var i = 0; i < scores.Length; i++)
        {
            var frame = planes(i);
            var at = pixels + i * each;
            frame.Y.CopyTo(host[at..]);
            frame.U.CopyTo(host[(at + u)..]);
            frame.V.CopyTo(host[(at + v)..]);
            lie[i] = new(card + at, card + at + u, card + at + v);
        }

        // 2. Up, through the kernel, and back.
        var last = _memory.Rent((long)sizeof(uint) * _small.Width * _small.Height);
        using var sums = _memory.Rent((long)SumBytes * scores.Length);
        using var readBack = _pinned.Rent((long)SumBytes * scores.Length);
        try
        {
            stream.Upload(upload.Block, input.Block, bytes);
            stream.Fill(sums.Block, 0, (long)SumBytes * scores.Length);
            kernels.Launch(stream, new ContentScoreArguments(
                _tables.Arguments(card + frames, card, card + rows, fullRange), _previous?.Block.Pointer ?? 0, last.Block.Pointer, sums.Block.Pointer,
                scores.Length, Math.Min(scores.Length, ContentScoreArguments.LongestChunk)));
            stream.ReadBack(sums.Block, readBack.Block, (long)SumBytes * scores.Length);
            stream.Synchronize();
        }
        catch
        {
            last.Dispose();
            throw;
        }
        _previous?.Dispose();
        _previous = last;

        // 3. The sums as scores; a video's first frame has none to be compared with.
        var found = MemoryMarshal.Cast<byte, long>(readBack.Block.Span);
        var count = _small.Width * _small.Height;
        for (var i = 0; i < scores.Length; i++, _frame++)
            scores[i] = _frame == 0 ? new(0, 0.0, 0, 0, 0, count) : ContentScore.Of(_frame, found[3 * i], found[3 * i + 1], found[3 * i + 2], count);
    }

    private (PictureShape Shape, bool FullRange) LieOf(Yuv420Planes planes) => planes.StrideU == planes.StrideV
        ? (new(planes.Width, planes.Height, planes.StrideY, planes.StrideU, rotation, 1), planes.FullRangeFormat)
        : throw new ArgumentException($"chroma rows: found {planes.StrideU} and {planes.StrideV} bytes apart, expected the same in both planes");

    private static int Align(int bytes) => (bytes + Alignment - 1) / Alignment * Alignment;
}
