using Panda.Stream.Export;

namespace Panda.Stream.Tests.Export;

public sealed class VideoSplitTests
{
    [Fact]
    public void Videos_fall_into_parts_of_the_sizes_asked_for()
    {
        var split = VideoSplit.Parse("train=0.9,val=0.05,test=0.05");
        var counts = Enumerable.Range(0, 20_000).CountBy(video => split.Of($"video-{video}") ?? "").ToDictionary(part => part.Key, part => part.Value);
        Assert.Equal(3, counts.Count);
        Assert.InRange(counts["train"], 17_800, 18_200);
        Assert.InRange(counts["val"], 850, 1150);
        Assert.InRange(counts["test"], 850, 1150);
    }

    [Fact]
    public void Where_a_video_falls_never_changes() =>
        Assert.Equal(["val", "train", "val", "val", "val"], "a b c d e".Split(' ').Select(VideoSplit.Parse("train=0.5,val=0.5").Of));

    [Fact]
    public void Parts_of_less_than_a_whole_leave_videos_out() =>
        Assert.InRange(Enumerable.Range(0, 1000).Count(video => VideoSplit.Parse("some=0.2").Of($"{video}") is null), 740, 860);

    [Fact]
    public void Without_a_split_there_is_one_part() => Assert.Equal("clips", VideoSplit.None.Of("any"));

    [Theory]
    [InlineData("train", "found 'train' in 'train', expected names with parts of 1")]
    [InlineData("train=0.9,=0.1", "found '=0.1'")]
    [InlineData("train=1.5", "found 'train=1.5'")]
    [InlineData("train=0", "found 'train=0'")]
    [InlineData("a/b=0.5", "found 'a/b=0.5'")]
    [InlineData("train=0.9,val=0.2", "found parts of 1.1 together")]
    [InlineData("train=0.4,train=0.2", "found the part 'train' twice")]
    public void Nonsense_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => VideoSplit.Parse(text)).Message);
}
