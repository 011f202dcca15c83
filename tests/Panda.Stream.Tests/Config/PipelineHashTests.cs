using System.Text;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Config;

public class PipelineHashTests
{
    private static PipelineConfig Parse(string text) => YamlBinder.Parse<PipelineConfig>("x", Encoding.UTF8.GetBytes(text)).Value!;

    private static readonly string Default = PipelineHash.Of(new PipelineConfig());

    /// <summary>Another value for every key of pipeline.yaml, and whether rows then come out otherwise.</summary>
    public static readonly TheoryData<string, string, bool> OtherValues = new()
    {
        { "input", "x", false }, { "input_identity", "content", false }, { "output", "x", false }, { "models", "x", false },
        { "decode.videos_at_once", "2", false }, { "decode.threads_each", "2", false }, { "resources.threads", "2", false }, { "resources.memory", "1GiB", false },
        { "resources.devices", "[cpu:1]", false }, { "resources.on", "{x: cpu:0}", false },
        { "decode.on", "cuda:1", false }, { "decode.isolation", "process", false }, { "decode.process_memory_mb", "none", false },
        { "deadlines.frame_s", "2", false }, { "deadlines.video_s", "2", false }, { "deadlines.video_per_second", "2", false },
        { "deadlines.clip_s", "2", false }, { "deadlines.model_call_s", "none", false },
        { "split.preset", "paper", true }, { "split.detector", "histogram", true }, { "split.histogram_channels", "luma", false }, { "split.histogram_metric", "correlation", false }, { "split.threshold", "20", true }, { "split.min_scene_frames", "9", true },
        { "split.on", "cuda:0", false }, { "split.filter", "merge", true }, { "split.downscale", "longest256", true },
        { "split.segment_s", "4", true }, { "split.segment_slack_s", "1", true }, { "split.probe", "0.2", true },
        { "split.embedder", "x", true }, { "split.batch.largest", "2", false }, { "split.batch.longest_wait_ms", "2", false },
        { "split.transition", "0.9", true }, { "split.stitch", "0.5", true }, { "split.still", "0.2", true }, { "split.repeat", "0.2", true },
        { "split.shortest_s", "1", true }, { "split.longest_s", "30", true }, { "split.trim", "0", true }, { "split.keep_per_second", "4", true },
        { "coherence.model", "none", true }, { "coherence.per_second", "2", true }, { "coherence.batch.largest", "2", false }, { "coherence.batch.longest_wait_ms", "2", false },
        { "captioning", "student", true }, { "caption.student", "x", false }, { "caption.give_up_after", "none", false },
        { "caption.teachers", "[x]", true }, { "caption.batch.largest", "2", false }, { "caption.batch.longest_wait_ms", "2", false },
        { "select.matcher", "x", true }, { "select.min_score", "0.4", true }, { "select.filters.harmful_words", "[]", true }, { "select.filters.person_names", "[x]", true }, { "shards.rows", "2", false },
    };

    [Theory, MemberData(nameof(OtherValues))]
    public void A_key_that_decides_what_rows_say_makes_another_hash_and_no_other_does(string key, string value, bool another)
    {
        var parts = key.Split('.');
        var text = string.Concat(parts.Select(part => $"{{{part}: ")) + value + new string('}', parts.Length);
        Assert.Equal(another, PipelineHash.Of(Parse(text)) != Default);
    }

    [Fact]
    public void No_key_is_left_out_of_that_table()
    {
        var all = YamlBinder.Load<PipelineConfig>(Repository.File("pipeline.yaml")).Locations.Paths.Where(path => !path.EndsWith(']')).ToArray();
        var leaves = all.Where(path => !all.Any(other => other.StartsWith(path + ".", StringComparison.Ordinal)));
        Assert.Equal(leaves.Order(), OtherValues.Select(row => row.Data.Item1).Order());
    }

    [Fact]
    public void The_same_pipeline_written_otherwise_has_the_same_hash()
    {
        Assert.Equal(Default, PipelineHash.Of(Parse("split: {longest_s: 60.0, preset: panda70m, shortest_s: 25e-1}")));
        Assert.Equal(Default, PipelineHash.Of(Parse("split: {threshold: 25}")));
        Assert.Equal(PipelineHash.Of(Parse("split: {detector: histogram, histogram_metric: chi_square}")), PipelineHash.Of(Parse("split: {detector: histogram, threshold: 0.2}")));
        Assert.NotEqual(PipelineHash.Of(Parse("split: {detector: histogram}")), PipelineHash.Of(Parse("split: {detector: histogram, histogram_channels: luma, threshold: 0.2}")));
        Assert.Equal(PipelineHash.Of(Parse("split: {preset: released}")), PipelineHash.Of(Parse("split: {shortest_s: 2, longest_s: 1200, trim: 0, repeat: 0}")));
    }

    [Fact]
    public void Its_canonical_form_is_sorted_JSON() =>
        Assert.StartsWith("{\"caption\":{\"batch\":{\"largest\":8,\"longest_wait_ms\":20},\"teachers\":[\"mini-blip2-opt-a\"", PipelineHash.Canonical(new()), StringComparison.Ordinal);
}
