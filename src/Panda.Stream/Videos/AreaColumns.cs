using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Panda.Stream.Vectors;

namespace Panda.Stream.Videos;

/// <summary>Adds up neighbours of a row, weighted, for each sample of a shorter one. Every way of doing it gives the same integers.</summary>
internal abstract class AreaColumns
{
    /// <summary>Sums are written by so many; what lies beyond the shorter row is nothing of use.</summary>
    public const int Block = 16;

    /// <param name="from">Samples of the row.</param>
    /// <param name="to">Samples of the shorter one.</param>
    /// <param name="vectorBits">The widest vectors to use.</param>
    public static AreaColumns Of(int from, int to, int vectorBits) =>
        vectorBits >= 512 && GatheredColumns.TryMake(from, to, out var gathered) ? gathered : new SlidColumns(from, to);

    /// <summary>Sums that are written: those of the shorter row, and up to a multiple of 16.</summary>
    public abstract int Count { get; }

    /// <param name="into">As long as <see cref="Count"/>.</param>
    public abstract void Add(ReadOnlySpan<short> row, Span<int> into);
}

/// <summary>Sum by sum: 8 neighbours at a time from where each sum starts.</summary>
internal sealed class SlidColumns(int from, int to) : AreaColumns
{
    private readonly AreaAxis _axis = new(from, to, 1 << AreaKernels.RowBits, Vectors128.Count, Block);

    public override int Count => _axis.Starts.Length;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override void Add(ReadOnlySpan<short> row, Span<int> into)
    {
        // Every start leaves room for all taps: the axis is made for rows of this length.
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _axis.From);
        ref var samples = ref MemoryMarshal.GetReference(row);
        var weights = MemoryMarshal.Cast<short, Vector128<short>>(_axis.Weights);
        ReadOnlySpan<int> starts = _axis.Starts;
        var vectors = _axis.Taps / Vectors128.Count;
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

/// <summary>16 sums at once: the pairs of neighbours that they need lie in one or two windows of 64 samples, from which they are picked.</summary>
internal sealed class GatheredColumns : AreaColumns
{
    private const int Window = 2 * 32, MostWindows = 2;

    private readonly int _from, _windows, _pairs;
    private readonly int[] _bases;                  // where each window begins: so many a block
    private readonly Vector512<short>[] _picks;     // of each window, for each pair of taps: which of its samples each sum takes
    private readonly Vector512<short>[] _weights;   // and with what weight; 0 for sums of another window

    private GatheredColumns(AreaAxis axis, int windows)
    {
        (_from, _windows, _pairs) = (axis.From, windows, axis.Taps / 2);
        Count = axis.Starts.Length;
        _bases = new int[Count / Block * windows];
        (_picks, _weights) = (new Vector512<short>[_bases.Length * _pairs], new Vector512<short>[_bases.Length * _pairs]);
        var picks = MemoryMarshal.Cast<Vector512<short>, short>(_picks.AsSpan());
        var weights = MemoryMarshal.Cast<Vector512<short>, short>(_weights.AsSpan());
        for (var i = 0; i < Count; i++)
        {
            var window = i / (Block / windows);
            if (i % (Block / windows) == 0)
                _bases[window] = BaseOf(axis, i);
            for (var tap = 0; tap < axis.Taps; tap++)
            {
                var lane = ((window * _pairs + tap / 2) * Block + i % Block) * 2 + tap % 2;
                picks[lane] = (short)(axis.Starts[i] + tap - _bases[window]);
                weights[lane] = axis.Weights[i * axis.Taps + tap];
            }
        }
    }

    public override int Count { get; }

    /// <returns>False where the machine has no such vectors, or the sums lie too far apart to gain by it.</returns>
    public static bool TryMake(int from, int to, [NotNullWhen(true)] out GatheredColumns? made)
    {
        made = null;
        if (!Avx512BW.IsSupported || from < Window)
            return false;
        var axis = new AreaAxis(from, to, 1 << AreaKernels.RowBits, 2, Block);
        for (var windows = 1; windows <= MostWindows && made is null; windows *= 2)
        {
            var group = Block / windows;
            if (Enumerable.Range(0, axis.Starts.Length).All(i => axis.Starts[i] + axis.Taps <= BaseOf(axis, i / group * group) + Window))
                made = new(axis, windows);
        }
        return made is not null;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public override void Add(ReadOnlySpan<short> row, Span<int> into)
    {
        // Every window lies within a row of this length.
        ArgumentOutOfRangeException.ThrowIfNotEqual(row.Length, _from);
        ref var samples = ref MemoryMarshal.GetReference(row);
        ReadOnlySpan<int> bases = _bases;
        ReadOnlySpan<Vector512<short>> picks = _picks, weights = _weights;
        for (int i = 0, window = 0, at = 0; window < bases.Length; i += Block)
        {
            var sum = Vector512<int>.Zero;
            for (var end = window + _windows; window < end; window++)
            {
                var lower = Vector512.LoadUnsafe(ref samples, (nuint)bases[window]);
                var upper = Vector512.LoadUnsafe(ref samples, (nuint)bases[window] + Window / 2);
                for (var last = at + _pairs; at < last; at++)
                    sum += Avx512BW.MultiplyAddAdjacent(Avx512BW.PermuteVar32x16x2(lower, picks[at], upper), weights[at]);
            }
            sum.CopyTo(into[i..]);
        }
    }

    private static int BaseOf(AreaAxis axis, int first) => Math.Min(axis.Starts[first], axis.From - Window);
}
