using System.Text.Json;
using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Selection;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Zoo;

/// <summary>The accuracy that models/heldout/accuracy.json claims, measured again through the engine.</summary>
public sealed class HeldOutTests(ITestOutputHelper output)
{
    private const double Trim = 0.1;
    private const double KeptPerSecond = 8;

    // 150 clips, other random frames and another resize than in training: two standard errors of a rate near one half.
    private const double Tolerance = 0.08;

    [Fact]
    public void Teachers_and_choice_are_as_right_as_the_recipe_measured()
    {
        var claimed = JsonDocument.Parse(File.ReadAllText(Repository.File("models/heldout/accuracy.json"))).RootElement;
        var config = PipelineConfig.Load(Repository.File("pipeline.yaml")).Value!;
        using var models = ModelSet.Load(config, threads: 1);

        var clips = World.Truth("models/heldout/truth.json").Select(video => ClipOf(video.Key, video.Value[0], models.PictureSize)).ToList();
        Assert.Equal(claimed.GetProperty("clips").GetInt32(), clips.Count);
        var requests = clips.ConvertAll(clip => clip.Request);
        var candidates = models.Teachers.Select(teacher => requests.Chunk(8).SelectMany(teacher.Caption).ToList()).ToList();
        var chosen = clips.Select((clip, i) => CaptionChoice.Best(models.Matcher.Score(clip.Request, [.. candidates.Select(own => own[i])]))).ToList();

        var best = 0.0;
        for (var t = 0; t < models.Teachers.Count; t++)
        {
            var rate = Rate(candidates[t]);
            best = Math.Max(best, rate);
            AssertNear(claimed.GetProperty("teachers").GetProperty(models.Teachers[t].Name).GetDouble(), rate, models.Teachers[t].Name);
        }
        var choice = Rate(chosen);
        AssertNear(claimed.GetProperty("chosen").GetDouble(), choice, "chosen");
        Assert.True(choice > best, $"chosen {choice:0.000}, best teacher {best:0.000}");

        double Rate(IReadOnlyList<Candidate?> own) => own.Select((candidate, i) => World.IsRight(candidate?.Caption ?? "", clips[i].Facts) ? 1.0 : 0).Average();

        void AssertNear(double expected, double found, string what)
        {
            output.WriteLine($"{what}: claimed {expected:0.000}, found {found:0.000}");
            Assert.True(Math.Abs(expected - found) <= Tolerance, $"{what}: claimed {expected:0.000}, found {found:0.000}");
        }
    }

    private static (CaptionRequest Request, IReadOnlyDictionary<string, string> Facts) ClipOf(string name, TrueScene scene, int shortSide)
    {
        var path = Repository.File($"models/heldout/{name}");
        using var decoder = VideoDecoder.Open(path);
        using var scaler = new FrameScaler(decoder.Info, shortSide);
        var every = Math.Max(1, (int)(decoder.Info.FrameRate.ToDouble() / KeptPerSecond));
        var kept = new List<KeptFrame>();
        var frames = 0;
        while (decoder.TryRead(out var frame))
        {
            using (frame)
            {
                if (frames++ % every == 0)
                    kept.Add(scaler.Keep(frame));
            }
        }
        int start = (int)(Trim * frames), count = frames - 2 * start;
        var text = Sidecars.Read(path).Text;
        return (new CaptionRequest(name, kept.FindAll(frame => frame.Index >= start && frame.Index < start + count), start, count,
            text.Title, text.Description, text.SubtitlesBetween(scene.StartS, scene.EndS)), scene.Facts!);
    }
}
