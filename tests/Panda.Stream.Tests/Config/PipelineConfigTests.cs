using Panda.Stream.Config;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Config;

public sealed class PipelineConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PipelineConfigTests()
    {
        ModelsFolder.Make(_folder.File("models"), embedders: ["layout"], teachers: ["one", "two"], matchers: ["judge"]);
        Directory.CreateDirectory(_folder.File("videos"));
    }

    public void Dispose() => _folder.Dispose();

    private const string Sound = """
        input: videos
        models: models
        caption: {teachers: [one, two]}
        select: {matcher: judge}

        """;

    private string File_(string text)
    {
        var path = _folder.File("my.yaml");
        File.WriteAllText(path, text);
        return path;
    }

    private PipelineConfig Load(string text, params Override[] overrides)
    {
        var bound = PipelineConfig.Load(File_(text), overrides);
        Assert.Empty(bound.Diagnostics);
        return bound.Value!;
    }

    private string Error(string text, params Override[] overrides) =>
        Assert.Single(PipelineConfig.Load(File_(text), overrides).Diagnostics).ToString().Replace(_folder.Path + "/", "", StringComparison.Ordinal);

    [Fact]
    public void What_the_file_does_not_say_is_the_default()
    {
        var config = Load(Sound + "shards: {rows: 5}");
        Assert.Equal((5, 8, null), (config.Shards.Rows, config.Split.KeepPerSecond, config.Decode.VideosAtOnce));
        Assert.Equal(SplitSettings.Panda70M, config.Split.ToSettings());
    }

    [Fact]
    public void Paths_in_a_file_are_relative_to_it_and_those_of_the_command_line_to_the_current_folder()
    {
        var config = Load(Sound + "output: results");
        Assert.Equal((_folder.File("videos"), _folder.File("models")), (config.Input, config.Models));
        Assert.Equal(Path.GetFullPath("results"), config.Output);

        var here = Path.GetRelativePath(Environment.CurrentDirectory, _folder.File("videos"));
        Assert.Equal(_folder.File("videos"), Load(Sound, Override.Option("--input", "input", here)).Input);
    }

    [Theory]
    [InlineData(SplitPreset.Paper)]
    [InlineData(SplitPreset.Panda70m)]
    [InlineData(SplitPreset.Released)]
    public void Presets_come_from_splitting_and_keys_go_over_them(SplitPreset preset)
    {
        var name = preset.ToString().ToLowerInvariant();
        Assert.Equal(SplitSettings.Presets[name], Load(Sound, Override.Set($"split.preset={name}")).Split.ToSettings());
        Assert.Equal(
            SplitSettings.Presets[name] with { Stitch = 0.5, LongestClip = 30, MinSceneLen = 12, Filter = CutFilter.Merge },
            Load(Sound, Override.Set($"split.preset={name}"), Override.Set("split.stitch=0.5"), Override.Set("split.longest_s=30"),
                Override.Set("split.min_scene_frames=12"), Override.Set("split.filter=merge")).Split.ToSettings());
    }

    [Fact]
    public void Overrides_go_over_the_file_and_the_last_one_wins()
    {
        var config = Load(Sound + "split: {stitch: 0.4, still: 0.1}",
            Override.Set("split.stitch=0.5"), Override.Set("split.stitch=0.6"), Override.Set("caption.teachers=[two]"), Override.Set("select.min_score = none"));
        Assert.Equal((0.6, 0.1), (config.Split.Stitch, config.Split.Still));
        Assert.Equal(["two"], config.Caption.Teachers);
    }

    [Fact]
    public void A_student_captions_in_place_of_the_teachers_who_need_not_be_there()
    {
        var config = Load(Sound.Replace("[one, two]", "[gone], student: two") + "captioning: student");
        Assert.Equal(["two"], config.Captioners);
        Assert.Equal(["layout", "mini-lpips", "two", "judge"], config.AllModels);
        Assert.Equal(PipelineHash.Of(Load(Sound, Override.Set("caption.teachers=[two]"))), PipelineHash.Of(config));
        Assert.Equal(["one", "two"], Load(Sound.Replace("two]", "two], student: gone")).Captioners);
        Assert.Equal("my.yaml(3,42): error PS104: caption.student: unknown teacher 'tow'; did you mean 'two'?",
            Error(Sound.Replace("two]", "two], student: tow") + "captioning: student"));
        Assert.Equal("my.yaml(3,42): error PS110: caption.student: found 'judge', whose card says kind: matcher (models/judge/card.yaml), expected kind: teacher",
            Error(Sound.Replace("two]", "two], student: judge") + "captioning: student"));
        Assert.Equal("my.yaml(5,13): error PS104: captioning: unknown value 'pupil', expected one of teachers, student", Error(Sound + "captioning: pupil"));
    }

    [Fact]
    public void A_glob_on_the_command_line_is_no_alias()
    {
        Assert.Equal(_folder.File("videos", "*.mp4"), Load(Sound, Override.Set($"input={_folder.File("videos", "*.mp4")}")).Input);
        Assert.Equal(Path.GetFullPath("*.mp4"), Load(Sound, Override.Option("--input", "input", "*.mp4")).Input);
    }

    [Theory]
    [InlineData("select.min_score=1.5", "--set select.min_score=1.5: error PS107: select.min_score: found 1.5, expected a number from 0 to 1, since scores are itm_softmax in 'judge'")]
    [InlineData("split.stich=0.5", "--set split.stich=0.5: error PS104: split: unknown key 'stich'; did you mean 'stitch'?")]
    [InlineData("stitch=0.5", "--set stitch=0.5: error PS104: unknown key 'stitch'; did you mean 'split.stitch'?")]
    [InlineData("split.stitch=5", "--set split.stitch=5: error PS107: split.stitch: found 5, expected a number from 0 to 2, or preset")]
    [InlineData("split.on=gpu", "--set split.on=gpu: error PS104: split.on: found 'gpu', expected cpu or cuda:N, the number of a card")]
    [InlineData("split.threshold=256", "--set split.threshold=256: error PS107: split.threshold: found 256, expected a number from 0 to 255, or detector")]
    [InlineData("split=paper", "--set split=paper: error PS106: split: found 'paper', expected a mapping")]
    [InlineData("input.folder=x", "--set input.folder=x: error PS106: input: found a mapping, expected text that is not empty")]
    [InlineData("caption.teachers=[one, tow]", "--set caption.teachers=[one, tow]: error PS104: caption.teachers[1]: unknown teacher 'tow'; did you mean 'two'?")]
    [InlineData("caption.teachers=one", "--set caption.teachers=one: error PS106: caption.teachers: found 'one', expected a list of 1 or more")]
    [InlineData("caption.teachers=[one", "--set caption.teachers=[one: error PS102: While parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("split.stitch", "--set split.stitch: error PS111: found no key and value, expected KEY.KEY=VALUE such as split.stitch=0.5")]
    [InlineData("split..stitch=1", "--set split..stitch=1: error PS111: found no key and value, expected KEY.KEY=VALUE such as split.stitch=0.5")]
    [InlineData("=1", "--set =1: error PS111: found no key and value, expected KEY.KEY=VALUE such as split.stitch=0.5")]
    [InlineData("output=", "--set output=: error PS106: output: found nothing, expected text that is not empty")]
    public void Mistakes_of_overrides_name_the_argument(string argument, string expected) =>
        Assert.Equal(expected, Error(Sound, Override.Set(argument)));

    [Theory, InlineData("chi_square", 25, 1), InlineData("chi_square", 1.01, 1), InlineData("correlation", 25, 2)]
    public void A_threshold_that_the_detector_never_reaches_is_refused(string metric, double threshold, int most)
    {
        Override[] detector = [Override.Set("split.detector=histogram"), Override.Set($"split.histogram_metric={metric}")];
        Assert.StartsWith(
            $"--set split.threshold={threshold}: error PS107: split.threshold: found {threshold}, which no frame reaches with detector histogram and histogram_metric {metric}, expected a number from 0 to {most}; without the key it is 0.",
            Error(Sound, [.. detector, Override.Set($"split.threshold={threshold}")]), StringComparison.Ordinal);
        Assert.Equal(most, Load(Sound, [.. detector, Override.Set($"split.threshold={most}")]).Split.ToSettings().Threshold);
    }

    [Fact]
    public void A_missing_input_is_told_where_it_was_named()
    {
        Assert.Equal("my.yaml(4,8): error PS109: input: found no 'vidoes', expected a folder, a glob, a video or a .txt list",
            Error(Sound.Replace("input: videos\n", "") + "input: vidoes"));
        Assert.StartsWith("--input /no/such.mp4: error PS109: input: found no '/no/such.mp4'",
            Error(Sound, Override.Option("--input", "input", "/no/such.mp4")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_card_whose_file_is_missing_is_told_with_the_place_in_the_card()
    {
        File.Delete(Directory.EnumerateFiles(_folder.File("models", "layout"), "*.onnx").First());
        Assert.Matches(@"^models/layout/card\.yaml\(\d+,\d+\): error PS109: sessions\.image\.file: found no file", Error(Sound));
    }

    [Fact]
    public void An_output_that_cannot_be_one_is_refused()
    {
        File.WriteAllText(_folder.File("taken"), "");
        Assert.Contains("found the file 'taken', expected a folder", Error(Sound, Override.Option("--output", "output", _folder.File("taken"))), StringComparison.Ordinal);
        Assert.StartsWith("--output /proc/x: error PS109: output: found that '/proc' cannot be written (", Error(Sound, Override.Option("--output", "output", "/proc/x")), StringComparison.Ordinal);
        Assert.Contains("which is the input (at my.yaml(1,8))", Error(Sound, Override.Option("--output", "output", _folder.File("videos"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Looking_whether_the_output_can_be_written_leaves_nothing_behind()
    {
        Load(Sound, Override.Option("--output", "output", _folder.File("new", "deep")));
        Assert.Equal(["models", "my.yaml", "videos"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Of_an_unreadable_file_the_overrides_are_still_looked_at()
    {
        var diagnostics = PipelineConfig.Load(_folder.File("absent.yaml"), [Override.Set("split.stich=1")]).Diagnostics;
        Assert.Equal([DiagnosticCode.UnreadableFile, DiagnosticCode.UnknownName], diagnostics.Select(diagnostic => diagnostic.Code).Order());
    }

    [Fact]
    public void Validate_says_that_a_sound_file_is_sound()
    {
        var output = new StringWriter();
        Assert.Equal(0, ConfigErrors.Validate(File_(Sound), [], output));
        Assert.EndsWith("my.yaml: no errors\n", output.ToString(), StringComparison.Ordinal);
    }
}
