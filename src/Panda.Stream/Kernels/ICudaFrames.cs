using Panda.Stream.Native.Cuda;
using Panda.Stream.Videos;

namespace Panda.Stream.Kernels;

/// <summary>An 8-bit 4:2:0 frame of even height that lies on a card.</summary>
/// <param name="Planes">Where its planes begin.</param>
/// <param name="Shape">How they lie.</param>
/// <param name="Height">Rows of luma.</param>
/// <param name="FullRangeFormat">See <see cref="Yuv420Planes.FullRangeFormat"/>.</param>
/// <param name="MadeIn">What is queued there makes the frame: whoever reads it elsewhere waits for that.</param>
internal sealed record CudaFrame(FramePlanes Planes, PlaneShape Shape, int Height, bool FullRangeFormat, CudaStream MadeIn);

/// <summary>Frames of a video in order, where they lie: on the card that is to work on them, or in the machine's memory.</summary>
internal interface ICudaFrames
{
    /// <summary>The frame on the card; null where it is in the machine's memory.</summary>
    CudaFrame? OnCard(int frame);

    /// <summary>The planes of one that is in the machine's memory, of even height.</summary>
    Yuv420Planes OnHost(int frame);
}
