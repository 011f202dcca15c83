using System.Runtime.InteropServices;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;

namespace Panda.Stream.Kernels;

/// <summary>
/// What a detector computes on a card of batch after batch of one video. Each batch has one piece of memory there, in which its kernels put
/// their results and what the next batch needs of the latest frame; the part that holds both comes back.
/// </summary>
internal abstract class CudaDetector : IDisposable
{
    private CudaLease<CudaMemory>? _onCard;
    private CudaLease<CudaPinned>? _onHost;
    private Room _room;

    /// <summary>Where things lie in the memory of a batch, in bytes from its beginning.</summary>
    /// <param name="Zeroed">So many bytes at the beginning are zero before the kernels run.</param>
    /// <param name="Latest">What the next batch needs of the latest frame.</param>
    /// <param name="LatestBytes">Bytes of that.</param>
    /// <param name="Results">What the scores are made of.</param>
    /// <param name="Bytes">All of it.</param>
    protected readonly record struct Room(int Zeroed, int Latest, int LatestBytes, int Results, int Bytes)
    {
        /// <summary>From here on it comes back.</summary>
        public int ReadFrom => Math.Min(Latest, Results);
    }

    /// <summary>What a <see cref="PictureScorer{TScore}"/> would hold of the latest frame.</summary>
    public uint[] Latest => MemoryMarshal.Cast<byte, uint>(_onHost!.Block.Span.Slice(_room.Latest - _room.ReadFrom, _room.LatestBytes)).ToArray();

    /// <summary>Scores the next frames.</summary>
    /// <param name="queue">The same for all batches.</param>
    /// <param name="picture">The frames and how they are made small.</param>
    /// <param name="first">Number of the first of them.</param>
    /// <param name="scores">One a frame.</param>
    /// <exception cref="CudaException">The card refused; the batch counts as not scored.</exception>
    public void Score(CudaQueue queue, SmallPictureArguments picture, int first, Span<FrameScore> scores)
    {
        var room = RoomOf(picture.Pixels, scores.Length);
        var readBack = room.Bytes - room.ReadFrom;
        var onCard = queue.Memory.Rent(room.Bytes);
        CudaLease<CudaPinned>? onHost = null;
        try
        {
            onHost = queue.Pinned.Rent(readBack);
            queue.Stream.Fill(onCard.Block, 0, room.Zeroed);
            Launch(queue, picture, _onCard is { } before ? before.Block.Pointer + _room.Latest : 0, onCard.Block.Pointer, room, scores.Length);
            queue.Stream.ReadBack(onCard.Block, onHost.Block, readBack, room.ReadFrom);
            queue.Stream.Synchronize();
        }
        catch
        {
            onCard.Dispose();
            onHost?.Dispose();
            throw;
        }
        Drop();
        (_onCard, _onHost, _room) = (onCard, onHost, room);
        var results = onHost.Block.Span[(room.Results - room.ReadFrom)..];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Read(results, i, first + i, picture.Pixels);
    }

    public void Dispose()
    {
        Drop();
        GC.SuppressFinalize(this);
    }

    protected abstract Room RoomOf(int pixels, int frames);

    /// <summary>Queues the kernels.</summary>
    /// <param name="before">What the batch before left of its latest frame; 0 for the first batch.</param>
    /// <param name="memory">The batch's own.</param>
    protected abstract void Launch(CudaQueue queue, SmallPictureArguments picture, nint before, nint memory, Room room, int frames);

    /// <summary>A score from the results.</summary>
    /// <param name="at">The frame's place in the batch.</param>
    /// <param name="frame">Its number in the video.</param>
    /// <param name="pixels">Of the small picture.</param>
    protected abstract FrameScore Read(ReadOnlySpan<byte> results, int at, int frame, int pixels);

    private void Drop()
    {
        _onCard?.Dispose();
        _onHost?.Dispose();
    }
}

/// <summary>The content score on a card.</summary>
internal sealed class CudaContentDetector : CudaDetector
{
    private const int Sums = 3;

    protected override Room RoomOf(int pixels, int frames)
    {
        var sums = Sums * sizeof(long) * frames;
        return new(sums, sums, sizeof(uint) * pixels, 0, sums + sizeof(uint) * pixels);
    }

    protected override void Launch(CudaQueue queue, SmallPictureArguments picture, nint before, nint memory, Room room, int frames) =>
        queue.Kernels.Launch(queue.Stream, new ContentScoreArguments(
            picture, before, memory + room.Latest, memory + room.Results, frames, Math.Min(frames, ContentScoreArguments.LongestChunk)));

    protected override FrameScore Read(ReadOnlySpan<byte> results, int at, int frame, int pixels)
    {
        var sums = MemoryMarshal.Cast<byte, long>(results).Slice(Sums * at, Sums);
        return new(frame == 0 ? new(0, 0.0, 0, 0, 0, pixels) : ContentScore.Of(frame, sums[0], sums[1], sums[2], pixels));
    }
}

/// <summary>Histograms and their differences on a card.</summary>
internal sealed class CudaHistogramDetector(HistogramChannels channels, HistogramMetric metric) : CudaDetector
{
    private const int Counts = Histograms.Channels * Histograms.Bins * sizeof(uint), Differences = 2 * Histograms.Channels;

    // The counts of the latest frame and the differences lie side by side.
    protected override Room RoomOf(int pixels, int frames) =>
        new(Counts * frames, Counts * (frames - 1), Counts, Counts * frames, (Counts + Differences * sizeof(double)) * frames);

    protected override void Launch(CudaQueue queue, SmallPictureArguments picture, nint before, nint memory, Room room, int frames)
    {
        queue.Kernels.Launch(queue.Stream, new HistogramCountArguments(picture, memory, frames));
        queue.Kernels.Launch(queue.Stream, new HistogramDifferenceArguments(memory, before, memory + room.Results, frames));
    }

    protected override FrameScore Read(ReadOnlySpan<byte> results, int at, int frame, int pixels)
    {
        var found = MemoryMarshal.Cast<byte, HistogramDifference>(results).Slice(Histograms.Channels * at, Histograms.Channels);
        return new(frame == 0 ? HistogramScore.First : new(frame, found[0], found[1], found[2], found[3]), channels, metric);
    }
}
