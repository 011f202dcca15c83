using System.Text.Json;
using System.Text.Json.Serialization;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Tests.Shards.Ledger;

public class RowTextTests
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Fact]
    public void Rows_of_every_kind_come_back_as_they_were()
    {
        for (var i = 0; i < 50; i++)
        {
            AssertSame(SomeRows.Clip(i));
            AssertSame(SomeRows.Segment(i));
            AssertSame(SomeRows.Filtered(i));
            AssertSame(SomeRows.Failed(i));
        }
    }

    private static void AssertSame<T>(T row)
    {
        var back = RowText.To<T>(RowText.Of(row));
        Assert.Equal(JsonSerializer.Serialize(row, Json), JsonSerializer.Serialize(back, Json));
    }
}
