using Panda.Stream.Config.Binding;

namespace Panda.Stream.Tests.Config.Binding;

public class SuggestionTests
{
    [Theory]
    [InlineData("stich", "stitch")]
    [InlineData("sttich", "stitch")]
    [InlineData("STITCH", "stitch")]
    [InlineData("blipp-2", "blip-2-opt2.7b")]
    [InlineData("fsp", "fps")]
    [InlineData("min_scene", "min_scene_frames")]
    [InlineData("scene", "min_scene_frames")]
    [InlineData("embedder", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void The_name_meant_is_found_and_no_other(string typed, string? expected) =>
        Assert.Equal(expected, Suggestion.Nearest(typed, ["stitch", "still", "blip-2-opt2.7b", "fps", "min_scene_frames"]));
}
