namespace Panda.Stream.Videos;

/// <summary>
/// The planes of an 8-bit 4:2:0 frame where libav decoded them. Luma has Width x Height samples, each chroma plane half of both, rounded up.
/// A span ends with the last sample of its last row, so the padding of that row is not in it.
/// </summary>
public readonly ref struct Yuv420Planes
{
    public int Width { get; init; }
    public int Height { get; init; }

    /// <summary>
    /// Whether the pixel format is the full-range one (yuvj420p). Converters that ignore tags, as OpenCV's reader does,
    /// take the range from this alone; <see cref="DecodedFrame.IsFullRange"/> heeds the tag too.
    /// </summary>
    public bool FullRangeFormat { get; init; }

    public ReadOnlySpan<byte> Y { get; init; }
    public ReadOnlySpan<byte> U { get; init; }
    public ReadOnlySpan<byte> V { get; init; }

    /// <summary>Bytes from one row of luma to the next.</summary>
    public int StrideY { get; init; }
    public int StrideU { get; init; }
    public int StrideV { get; init; }
}
