using Panda.Stream.Kernels;
using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos.Cards;

/// <summary>
/// A decoded frame where the card put it, in two planes: luma, and chroma with U and V in turn (NV12; P010 and P016 where samples have more than
/// 8 bits, which are the upper ones of two bytes). What reads it is queued in the card's stream: then it may be queued when the lease ends.
/// </summary>
internal readonly ref struct DeviceFrame
{
    public required DecodeCard Card { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>Bits of a sample: 8, 10 or 12.</summary>
    public required int Bits { get; init; }

    /// <summary>Where the planes begin on the card.</summary>
    public required FramePlanes Planes { get; init; }

    /// <summary>How they lie.</summary>
    public required PlaneShape Shape { get; init; }

    /// <summary>Matrix as tagged and range of the colours.</summary>
    public required SourceColors Colors { get; init; }

    /// <summary>As <see cref="Yuv420Planes.FullRangeFormat"/>: whether the CPU's decoder would have said by the pixel format that values span 0..255.</summary>
    public required bool FullRangeFormat { get; init; }
}
