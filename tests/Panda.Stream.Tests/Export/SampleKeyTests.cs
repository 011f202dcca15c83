using Panda.Stream.Export;

namespace Panda.Stream.Tests.Export;

public sealed class SampleKeyTests
{
    [Fact]
    public void Plain_ids_stay_and_others_become_safe_and_stay_different()
    {
        Assert.Equal("beach_day-00012", SampleKey.Of("beach_day-00012"));
        string[] ids = ["a.b-00001", "a_b-00001", "a b-00001", "a/b-00001", "../x", "東京", "大阪", "", new('x', 300), new string('x', 300) + "y", "A\0"];
        var keys = ids.Select(SampleKey.Of).ToList();
        Assert.Equal(ids.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Matches("^[A-Za-z0-9_-]{1,80}$", key));
    }
}
