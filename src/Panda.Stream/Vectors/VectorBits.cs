using System.Runtime.Intrinsics;

namespace Panda.Stream.Vectors;

/// <summary>The widths in which the vector code exists. All give the same results; one that a machine lacks, the runtime makes up for, slowly.</summary>
public static class VectorBits
{
    public static IReadOnlyList<int> All { get; } = [128, 256, 512];

    /// <summary>The widest that pays on this machine.</summary>
    public static int Fastest { get; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
