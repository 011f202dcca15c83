using Panda.Stream.Config;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Tests.Shards.Ledger;

public class RunIdentityTests
{
    private static readonly ModelIdentities Models = new("layout@1", "matcher@1", ["a@1", "b@1"]);

    internal static RunIdentity Identity(PipelineConfig config, ModelIdentities? models = null, string? coherence = "lpips@1", int side = 64) =>
        RunIdentity.Of(config, models ?? Models, coherence, side);

    private static readonly RunIdentity Plain = Identity(new());

    [Fact]
    public void What_does_not_change_rows_changes_nothing()
    {
        var other = Identity(new()
        {
            Input = "x", Output = "y", Models = "z", InputIdentity = Stream.Videos.InputIdentity.Content, Decode = new() { VideosAtOnce = 3 }, Resources = new() { Threads = 9 },
            Split = new() { Batch = new() { Largest = 3 }, ShortestS = 2.5 }, Caption = new() { Batch = new() { LongestWaitMs = 1 }, Teachers = ["other", "names"] },
        });
        Assert.Empty(other.ChangesSince(Plain));
        Assert.True(other.MeasuresAs(Plain));
    }

    public static readonly TheoryData<string, PipelineConfig, string, string> Changes = new()
    {
        { "split.settings.threshold: 25 -> 20", new() { Split = new() { Threshold = 20 } }, "", "every video is decoded and captioned again" },
        { "split.settings.detector: \"content\" -> \"histogram\"", new() { Split = new() { Detector = Stream.Splitting.Detector.Histogram, Threshold = 25 } }, "", "every video is decoded and captioned again" },
        { "split.keep_per_second: 8 -> 4", new() { Split = new() { KeepPerSecond = 4 } }, "", "every video is decoded and captioned again" },
        { "coherence.per_second: 1 -> 2", new() { Coherence = new() { PerSecond = 2 } }, "captions", "every video is decoded and split again; captions of the same spans stay" },
        { "split.settings.stitch: null -> 0.5", new() { Split = new() { Stitch = 0.5 } }, "captions measures", "clips are made again from the recorded segments; captions of the same spans stay" },
        { "select.min_score: \"none\" -> 0.5", new() { Select = new() { MinScore = 0.5 } }, "captions measures", "no video is decoded and no model runs for it" },
        { "shards.rows: 1000 -> 5", new() { Shards = new() { Rows = 5 } }, "captions measures", "no video is decoded and no model runs for it" },
    };

    [Theory, MemberData(nameof(Changes))]
    public void A_key_that_changes_rows_is_named_with_what_it_costs(string change, PipelineConfig config, string stays, string work)
    {
        var now = Identity(config);
        Assert.Equal([change], now.ChangesSince(Plain));
        Assert.Equal(stays.Contains("captions", StringComparison.Ordinal), now.CaptionsAs(Plain));
        Assert.Equal(stays.Contains("measures", StringComparison.Ordinal), now.MeasuresAs(Plain));
        Assert.Equal(work, now.WorkSince(Plain));
    }

    [Fact]
    public void Other_names_to_be_taken_out_cost_captions_and_no_cuts()
    {
        var named = Identity(new() { Select = new() { Filters = new() { PersonNames = [] } } });
        Assert.StartsWith("select.filters.person_names: ", Assert.Single(named.ChangesSince(Plain)));
        Assert.True(named.MeasuresAs(Plain) && !named.CaptionsAs(Plain));
        Assert.Equal("every clip is captioned again", named.WorkSince(Plain));
        Assert.Equal("no video is decoded and no model runs for it", Identity(new() { Select = new() { Filters = new() { HarmfulWords = [] } } }).WorkSince(Plain));
    }

    [Fact]
    public void Models_count_by_their_cards_and_files()
    {
        var swapped = Identity(new(), Models with { Teachers = ["a@1", "c@1"] });
        Assert.Equal("c@1 captions every clip; every clip is scored again", swapped.WorkSince(Plain));
        Assert.Equal(["""models.teachers: ["a@1","b@1"] -> ["a@1","c@1"]"""], swapped.ChangesSince(Plain));
        Assert.Equal("every clip is scored again", Identity(new(), Models with { Matcher = "matcher@2" }).WorkSince(Plain));
        Assert.False(Identity(new(), Models with { Embedder = "layout@2" }).MeasuresAs(Plain));
        Assert.True(Identity(new(), Models with { Embedder = "layout@2" }).CaptionsAs(Plain));
        Assert.False(Identity(new(), coherence: null).MeasuresAs(Plain));
        Assert.False(Identity(new(), side: 224).CaptionsAs(Plain));
    }
}
