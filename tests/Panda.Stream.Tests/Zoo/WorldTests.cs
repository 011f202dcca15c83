using Panda.Stream.Perf.Zoo;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Zoo;

/// <summary>The judge of captions: the same as the recipe's, row for row, and as its words say.</summary>
public class WorldTests
{
    private sealed record JudgedExample(string Caption, SceneFacts Facts, bool Good);

    [Fact]
    public void It_agrees_with_the_recipe_on_every_example()
    {
        var examples = World.Load<List<JudgedExample>>(Repository.File("models/recipe/judged_examples.json"));
        Assert.True(examples.Count >= 300, $"{examples.Count} examples");
        Assert.InRange(examples.Count(example => example.Good), 100, examples.Count - 100);
        var others = examples.Where(example => World.IsGood(example.Caption, example.Facts) != example.Good)
            .Select(example => $"{example.Caption} | {string.Join(", ", example.Facts.Objects)}, {example.Facts.Setting}, {example.Facts.Camera}: the recipe says {example.Good}");
        Assert.True(!others.Any(), string.Join('\n', others));
    }

    private static readonly SceneFacts Scene = new()
    {
        Objects =
        [
            new("ball", "red", "large", "wooden", "Pip", "rises up", Main: true),
            new("cube", "blue", "small", "metal", "", "stands still", Main: true),
            new("ball", "green", "small", "rubber", "", "stands still", Main: false),
        ],
        Setting = "on a beach",
    };

    [Theory]
    [InlineData("The ball rises up.", true)] // the action
    [InlineData("A RED ball and a blue cube.", true)] // all main objects
    [InlineData("A red ball.", false)] // neither
    [InlineData("A ball, a ball and a cube.", true)]
    [InlineData("Two balls rise up.", false)] // whole words alone
    [InlineData("A blue ball rises up.", false)] // the blue one is the cube
    [InlineData("A red ball rises up near a small rubber ball on a beach.", true)]
    [InlineData("A red ball rises up in a forest.", false)]
    [InlineData("A red ball rises up, the camera pans left.", false)]
    [InlineData("A cube stands still.", false)] // not the first object's action
    [InlineData("A red ball rises up and a blue.", false)] // an attribute of nothing
    [InlineData("Pip, the ball, rises up.", true)] // a name before any shape
    [InlineData("A blue cube named Pip watches a ball that rises up.", false)]
    [InlineData("Something rises up.", false)]
    [InlineData("", false)]
    public void What_makes_a_caption_good(string caption, bool good) => Assert.Equal(good, World.IsGood(caption, Scene));

    [Fact]
    public void Where_no_scene_is_no_caption_is_good() => Assert.False(World.IsGood("A red ball rises up.", new()));

    [Fact]
    public void Every_reference_of_the_held_out_clips_is_good()
    {
        var scenes = World.Truth(Repository.File("models/heldout/truth.json")).Values.SelectMany(scenes => scenes).ToList();
        Assert.All(scenes, scene => Assert.InRange(scene.References?.Count ?? 0, 5, 20));
        Assert.All(scenes, scene => Assert.All(scene.References!, reference => Assert.True(World.IsGood(reference, scene.Facts), reference)));
    }
}
