using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Selection;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models;

/// <summary>Every model of the repository opens with its card and does its work on one clip.</summary>
public class CommittedModelsTests
{
    private static readonly CaptionRequest Clip =
        new("clip", [.. Enumerable.Range(0, 24).Select(i => TinyModels.Frame(i, 4 * i, 171, 96))], 0, 96, "A title", "A description", "Some subtitles", FrameRate: 24);

    public static TheoryData<string> Cards => [.. Directory.GetDirectories(Repository.File("models"))
        .Where(folder => File.Exists(Path.Combine(folder, "card.yaml"))).Select(folder => Path.GetFileName(folder)).Order()];

    [Theory, MemberData(nameof(Cards))]
    public void A_committed_model_works(string name)
    {
        var card = LoadedCard.Load(Repository.File($"models/{name}/card.yaml"));
        Assert.Equal(name, card.Card.Name);
        switch (card.Card.Kind)
        {
            case ModelKind.Embedder:
                using (var embedder = new Embedder(card, ModelOptions.Default))
                    Assert.All(embedder.Embed(Clip.Kept), vector => Assert.Equal(1, vector.Sum(x => x * x), 3));
                break;
            case ModelKind.Teacher:
                using (var teacher = new Teacher(card, ModelOptions.Default))
                    Assert.All(teacher.Caption([Clip, Clip with { Title = "", Subtitles = "" }]), candidate => Assert.Null(candidate.Error));
                break;
            case ModelKind.Features:
                using (var features = new FeatureExtractor(card, ModelOptions.Default))
                {
                    var found = features.Extract([Clip.Kept[0], Clip.Kept[1], Clip.Kept[0]]);
                    Assert.True(features.Distance.Between(found[0], found[1]) > 0);
                    Assert.Equal(0, features.Distance.Between(found[0], found[2]), 1e-6);
                }
                break;
            default:
                using (var matcher = new Matcher(card, ModelOptions.Default))
                    Assert.NotNull(matcher.Score(Clip, [new("t", "A red ball rolls to the left.", null, null)])[0].Score);
                break;
        }
    }
}
