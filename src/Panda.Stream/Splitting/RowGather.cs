using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Panda.Stream.Splitting;

/// <summary>Reads bytes of rows at places that are the same in every row: by shuffles of the 16 bytes around them where they lie close together, else one by one.</summary>
internal sealed class RowGather
{
    private const byte Nothing = 0xFF; // as an index of a shuffle: a zero

    private readonly int[] _places;
    private readonly int _reach;                        // bytes that a row has at least
    private readonly int[] _starts = [];                // where each window of 16 bytes begins
    private readonly Vector128<byte>[] _picks = [];     // which of its bytes go where
    private readonly int[] _windows = [];               // how many windows each vector of the result is made of

    public RowGather(int[] places)
    {
        _places = places;
        _reach = places.Max() + 1;
        if (_reach < Vector128<byte>.Count)
            return;
        var windows = places.Chunk(Vector128<byte>.Count).Select(WindowsOf).ToArray();
        // Where a window serves two bytes or fewer, as in a picture on its side, shuffles gain nothing.
        if (2 * windows.Sum(some => some.Count) > places.Length)
            return;
        _starts = [.. windows.SelectMany(some => some.Keys)];
        _picks = [.. windows.SelectMany(some => some.Values).Select(pick => Vector128.Create(pick))];
        _windows = [.. windows.Select(some => some.Count)];
    }

    /// <param name="row">From the row's first byte on, as far as the last place at least.</param>
    /// <param name="into">One byte a place, and room up to a multiple of 16.</param>
    public void Read(ReadOnlySpan<byte> row, Span<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Length, _reach);
        if (_windows.Length == 0)
        {
            for (var i = 0; i < _places.Length; i++)
                into[i] = row[_places[i]];
            return;
        }
        ref var source = ref MemoryMarshal.GetReference(row);
        ReadOnlySpan<int> starts = _starts;
        ReadOnlySpan<Vector128<byte>> picks = _picks;
        var window = 0;
        foreach (var count in _windows)
        {
            var picked = Vector128<byte>.Zero;
            for (var end = window + count; window < end; window++)
                picked |= Vector128.ShuffleNative(Vector128.LoadUnsafe(ref source, (nuint)starts[window]), picks[window]);
            picked.CopyTo(into);
            into = into[Vector128<byte>.Count..];
        }
    }

    /// <summary>The windows in which some places lie, each with its shuffle. None reaches beyond the last place.</summary>
    private SortedDictionary<int, byte[]> WindowsOf(int[] places)
    {
        var windows = new SortedDictionary<int, byte[]>();
        var start = -Vector128<byte>.Count;
        foreach (var (lane, place) in places.Index().OrderBy(one => one.Item))
        {
            if (place >= start + Vector128<byte>.Count)
            {
                start = Math.Min(place, _reach - Vector128<byte>.Count);
                windows.Add(start, [.. Enumerable.Repeat(Nothing, Vector128<byte>.Count)]);
            }
            windows[start][lane] = (byte)(place - start);
        }
        return windows;
    }
}
