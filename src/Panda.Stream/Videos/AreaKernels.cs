using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Panda.Stream.Vectors;

namespace Panda.Stream.Videos;

/// <summary>The inner loops of making planes small by areas, over vectors of one width. Every width gives the same integers.</summary>
internal abstract class AreaKernels
{
    /// <summary>Bits of the weights along a column and along a row: a sum of bytes so weighted fills 16 bits, one of such sums 30.</summary>
    public const int ColumnBits = 8, RowBits = 14;

    /// <summary>Sums along a column are held less this, so that they fit a signed lane; those along a row lack it <c>1 &lt;&lt; RowBits</c> times.</summary>
    public const int ColumnOffset = 1 << 15;

    /// <summary>A row has as many samples at least: those of the widest vector.</summary>
    public const int NarrowestRow = 32;

    public static AreaKernels Of(int bits) => bits switch
    {
        512 => new AreaKernels<Vectors512, Vector512<short>, Vector512<float>>(),
        256 => new AreaKernels<Vectors256, Vector256<short>, Vector256<float>>(),
        _ => new AreaKernels<Vectors128, Vector128<short>, Vector128<float>>(),
    };

    /// <summary>Adds up some rows of a plane, weighted, sample by sample.</summary>
    /// <param name="rows">From the first sample of the first row to the last of the last.</param>
    /// <param name="into">As long as a row.</param>
    public abstract void AddRows(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<short> weights, Span<short> into);
}

/// <summary>The loops of <see cref="AreaKernels"/>, written once for all widths.</summary>
internal sealed class AreaKernels<TVectors, TShorts, TFloats> : AreaKernels
    where TVectors : IVectors<TShorts, TFloats>
    where TShorts : struct
    where TFloats : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public override void AddRows(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<short> weights, Span<short> into)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, (weights.Length - 1) * stride + into.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(into.Length, TVectors.Count);
        ref var first = ref MemoryMarshal.GetReference(rows);
        for (var x = 0; x < into.Length; x += TVectors.Count)
        {
            // The last vector lies over the one before as far as it must to stay inside.
            var start = Math.Min(x, into.Length - TVectors.Count);
            var sum = default(TShorts);
            for (var row = 0; row < weights.Length; row++)
            {
                var bytes = MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref first, row * stride + start), TVectors.Count);
                sum = TVectors.Add(sum, TVectors.Multiply(TVectors.LoadBytes(bytes), TVectors.All(weights[row])));
            }
            TVectors.Store(TVectors.Subtract(sum, TVectors.All(unchecked((short)ColumnOffset))), into[start..]);
        }
    }
}
