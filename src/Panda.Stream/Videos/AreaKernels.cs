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

    /// <summary>Adds up neighbours of a row, weighted, for each sample of the shorter axis, whose taps are a multiple of 8.</summary>
    /// <param name="into">As long as the axis's starts.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AddColumns(ReadOnlySpan<short> row, AreaAxis axis, Span<int> into)
    {
        // Every start leaves room for all taps: the axis is made for rows of this length.
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, axis.From);
        ref var samples = ref MemoryMarshal.GetReference(row);
        var weights = MemoryMarshal.Cast<short, Vector128<short>>(axis.Weights);
        ReadOnlySpan<int> starts = axis.Starts;
        var vectors = axis.Taps / Vectors128.Count;
        for (var i = 0; i < starts.Length; i += 4)
        {
            var a = AddTaps(ref samples, starts[i], weights.Slice(i * vectors, vectors));
            var b = AddTaps(ref samples, starts[i + 1], weights.Slice((i + 1) * vectors, vectors));
            var c = AddTaps(ref samples, starts[i + 2], weights.Slice((i + 2) * vectors, vectors));
            var d = AddTaps(ref samples, starts[i + 3], weights.Slice((i + 3) * vectors, vectors));
            // The sums of four lanes each, all at once: neighbours first, then halves.
            var (ab, cd) = (AddNeighbours(a, b), AddNeighbours(c, d));
            var lower = Vector128.Create(-1, -1, 0, 0);
            Vector128.ConditionalSelect(lower, ab + SwapHalves(ab), cd + SwapHalves(cd)).CopyTo(into[i..]);
        }
    }

    /// <summary>Those of the first in the even lanes, those of the second in the odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddNeighbours(Vector128<int> first, Vector128<int> second) => Vector128.ConditionalSelect(
        Vector128.Create(-1, 0, -1, 0), first + (first.AsUInt64() >> 32).AsInt32(), second + (second.AsUInt64() << 32).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SwapHalves(Vector128<int> value) => Vector128.Shuffle(value, Vector128.Create(2, 3, 0, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> AddTaps(ref short samples, int start, ReadOnlySpan<Vector128<short>> weights)
    {
        var sum = Vectors128.MultiplyAddPairs(Vector128.LoadUnsafe(ref samples, (nuint)start), weights[0]).AsInt32();
        for (var k = 1; k < weights.Length; k++)
            sum += Vectors128.MultiplyAddPairs(Vector128.LoadUnsafe(ref samples, (nuint)(start + k * Vectors128.Count)), weights[k]).AsInt32();
        return sum;
    }
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
        for (var x = 0; x < into.Length; x += TVectors.Count)
        {
            // The last vector lies over the one before as far as it must to stay inside.
            var start = Math.Min(x, into.Length - TVectors.Count);
            var sum = default(TShorts);
            for (var row = 0; row < weights.Length; row++)
                sum = TVectors.Add(sum, TVectors.Multiply(TVectors.LoadBytes(rows[(row * stride + start)..]), TVectors.All(weights[row])));
            TVectors.Store(TVectors.Subtract(sum, TVectors.All(unchecked((short)ColumnOffset))), into[start..]);
        }
    }
}
