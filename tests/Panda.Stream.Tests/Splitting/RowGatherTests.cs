using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Splitting;

public class RowGatherTests
{
    public static TheoryData<string, int[]> Places => new()
    {
        { "one", [0] },
        { "fewer than a window", [0, 3, 1, 9, 9] },
        { "side by side", [.. Enumerable.Range(0, 100)] },
        { "every fifth", [.. Enumerable.Range(0, 256).Select(i => 5 * i + 2)] },
        { "pairs", [.. Enumerable.Range(0, 67).SelectMany(i => new[] { 5 * i / 2, 5 * i / 2 + 1 })] },
        { "backwards", [.. Enumerable.Range(0, 77).Select(i => 3 * (76 - i))] },
        { "rows of a picture on its side", [.. Enumerable.Range(0, 40).Select(i => 640 * i)] },
        { "a window's end", [0, 15, 16, 31, 32] },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Each_byte_is_that_of_its_place(string _, int[] places)
    {
        // No byte more than the last place asks for.
        var row = new byte[places.Max() + 1];
        new Random(places.Length).NextBytes(row);
        var into = new byte[(places.Length + 15) / 16 * 16];

        new RowGather(places).Read(row, into);

        Assert.Equal(places.Select(place => row[place]), into.Take(places.Length));
    }

    [Fact]
    public void A_row_that_ends_too_early_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RowGather([.. Enumerable.Range(0, 64)]).Read(new byte[63], new byte[64]));
}
