namespace Panda.Stream.Kernels;

/// <summary>Where the planes of a 4:2:0 frame begin on the device.</summary>
internal readonly record struct FramePlanes(nint Y, nint U, nint V)
{
    /// <summary>NV12: chroma in one plane, U and V in turn.</summary>
    public static FramePlanes Nv12(nint y, nint chroma) => new(y, chroma, chroma + 1);
}
