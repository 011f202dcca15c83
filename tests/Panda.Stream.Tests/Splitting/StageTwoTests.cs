using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Splitting;

/// <summary>Features are points on a line (distances then add up as one writes them); 10 frames a second.</summary>
public class StageTwoTests
{
    private const double Fps = 10;
    private static readonly DistanceThresholds ImageBind = new(1.0, 0.6, 0.15, 0.3);

    [Fact]
    public void A_distance_at_the_transition_threshold_stays_and_one_above_goes()
    {
        Assert.Single(Run(SplitSettings.Panda70M, (0, 50, 0, 1)).Clips);
        var above = MathF.BitIncrement(1);
        var outcome = Assert.Single(Run(SplitSettings.Panda70M, (0, 50, 0, above)).Outcomes);
        Assert.Equal(DropReason.Transition, outcome.Drop!.Reason);
        Assert.Equal(above, outcome.Drop.Value);
    }

    [Fact]
    public void A_distance_at_the_stitch_threshold_joins_and_one_above_parts()
    {
        var settings = SplitSettings.Panda70M with { Stitch = 0.5, Repeat = 0 };
        Assert.Single(Run(settings, (0, 50, 0, 0.25f), (50, 100, 0.75f, 1)).Clips);
        Assert.Equal(2, Run(settings, (0, 50, 0, 0.25f), (50, 100, MathF.BitIncrement(0.75f), 1)).Clips.Count);
    }

    [Theory]
    [InlineData("panda70m", 25)]
    [InlineData("paper", 20)]
    [InlineData("released", 20)]
    public void A_clip_of_the_shortest_length_stays_and_one_frame_less_goes(string preset, int shortest)
    {
        var settings = SplitSettings.Presets[preset];
        Assert.Single(Run(settings, (0, shortest, 0, 1)).Clips);
        var outcome = Assert.Single(Run(settings, (0, shortest - 1, 0, 1)).Outcomes);
        Assert.Equal(DropReason.TooShort, outcome.Drop!.Reason);
        Assert.Equal((shortest - 1) / Fps, outcome.Drop.Value);
    }

    [Theory]
    [InlineData("panda70m", true)]
    [InlineData("paper", false)]
    [InlineData("released", true)]
    public void A_clip_at_the_still_threshold_goes_only_in_the_paper(string preset, bool stays)
    {
        var settings = SplitSettings.Presets[preset] with { Still = 0.25 };
        Assert.Equal(stays ? 1 : 0, Run(settings, (0, 50, 0, 0.25f)).Clips.Count);
        Assert.Single(Run(settings, (0, 50, 0, MathF.BitIncrement(0.25f))).Clips);
        Assert.Equal(DropReason.Still, Run(settings, (0, 50, 0, MathF.BitDecrement(0.25f))).Outcomes[0].Drop!.Reason);
    }

    [Theory]
    [InlineData("panda70m", 0.25, true)]
    [InlineData("panda70m", 0.125, false)]
    [InlineData("paper", 0.25, false)]
    [InlineData("paper", 0.26, true)]
    [InlineData("released", 0.0, true)]
    public void A_clip_at_the_repeat_threshold_goes_only_in_the_paper_and_never_as_released(string preset, double distance, bool stays)
    {
        // The threshold is the embedder's, so that what "released" switches off stays switched off.
        var embedder = ImageBind with { Repeat = 0.25 };
        var shift = (float)distance;
        var result = Run(SplitSettings.Presets[preset], embedder, (0, 50, 0, 1), (50, 100, shift, 1 + shift));
        Assert.Equal(stays, result.Outcomes[1].Clip == 1);
        if (!stays)
            Assert.Equal((DropReason.NearRepeat, distance), (result.Outcomes[1].Drop!.Reason, result.Outcomes[1].Drop!.Value));
    }

    [Fact]
    public void A_repeat_is_looked_for_among_all_kept_clips_but_not_among_dropped_ones()
    {
        var result = Run(SplitSettings.Panda70M,
            (0, 50, 0, 1), (50, 100, 4, 5), (100, 150, 8, 8.1f), (150, 200, 0.1f, 1), (200, 250, 8, 9));
        Assert.Equal([0, 1, null, null, 2], result.Outcomes.Select(outcome => outcome.Clip));
        Assert.Equal([null, null, DropReason.Still, DropReason.NearRepeat, null], result.Outcomes.Select(outcome => outcome.Drop?.Reason));
    }

    [Fact]
    public void The_mean_that_repeats_are_measured_by_is_of_all_features()
    {
        var clip = Assert.Single(Run(SplitSettings.Panda70M, (0, 50, 0, 0.5f), (50, 100, 1, 1.5f)).Clips);
        Assert.Equal([0.75f], clip.Feature);
        Assert.Equal(1.5, clip.Motion);
    }

    [Fact]
    public void A_dropped_neighbour_parts_what_would_have_been_one_clip()
    {
        var settings = SplitSettings.Panda70M with { Repeat = 0 };
        var transition = Run(settings, (0, 50, 0, 0.5f), (50, 100, 0.5f, 9), (100, 150, 0.5f, 1));
        Assert.Equal([(0, 50), (100, 150)], transition.Clips.Select(clip => (clip.StitchedStart, clip.StitchedEnd)));
        Assert.Equal([0, null, 1], transition.Outcomes.Select(outcome => outcome.Clip));

        var lost = new EmbeddedSegment(new(1, 50, 100), new(52, 96), [0.5f], null, "frame 96 could not be decoded");
        var failed = StageTwo.Run([Embed(0, (0, 50, 0, 0.5f)), lost, Embed(2, (100, 150, 0.5f, 1))], settings, ImageBind, Fps);
        Assert.Equal(2, failed.Clips.Count);
        Assert.Equal((DropReason.ProbeFailed, "frame 96 could not be decoded"), (failed.Outcomes[1].Drop!.Reason, failed.Outcomes[1].Drop!.Text));
    }

    [Fact]
    public void Segments_of_one_clip_share_its_fate_and_keep_their_joins()
    {
        var result = Run(SplitSettings.Panda70M, (0, 10, 0, 0.5f), (10, 20, 0.75f, 1));
        Assert.Empty(result.Clips);
        Assert.All(result.Outcomes, outcome => Assert.Equal(DropReason.TooShort, outcome.Drop!.Reason));
        Assert.Equal([null, 0.25], result.Outcomes.Select(outcome => outcome.Join));
    }

    [Fact]
    public void A_long_clip_is_shortened_first_and_trimmed_then()
    {
        var clip = Assert.Single(Run(SplitSettings.Panda70M, (0, 607, 0, 1)).Clips);
        Assert.Equal((0, 607, 60, 540), (clip.StitchedStart, clip.StitchedEnd, clip.Start, clip.End));
        clip = Assert.Single(Run(SplitSettings.Panda70M, (100, 129, 0, 1)).Clips);
        Assert.Equal((102, 127), (clip.Start, clip.End));       // int(2.9) at each end
        clip = Assert.Single(Run(SplitSettings.Released, (0, 607, 0, 1)).Clips);
        Assert.Equal((0, 607), (clip.Start, clip.End));
    }

    [Fact]
    public void No_survivors_are_no_clips_and_no_error()
    {
        Assert.Empty(Run(SplitSettings.Released, (0, 50, 0, 9), (50, 100, 0, 9)).Clips);
        Assert.Empty(StageTwo.Run([], SplitSettings.Released, ImageBind, Fps).Outcomes);
    }

    [Fact]
    public void The_configuration_overrides_the_embedder_and_is_silent_where_it_says_nothing()
    {
        var settings = SplitSettings.Panda70M with { Still = 0.01 };
        Assert.Equal(new(0.8, 0.4, 0.01, 0.2), settings.ThresholdsFor(new(0.8, 0.4, 0.05, 0.2)));
    }

    [Fact]
    public void Streaming_gives_the_same_clips_and_every_outcome_once_in_order()
    {
        var random = new Random(5);
        for (var round = 0; round < 200; round++)
        {
            List<EmbeddedSegment> segments = [];
            var start = 0;
            for (var i = 0; i < random.Next(30); i++)
            {
                var end = start + random.Next(5, 70);
                var at = random.NextSingle() * 3;
                segments.Add(Embed(i, (start, end, at, at + random.NextSingle() * 1.2f)));
                start = end;
            }
            var stage = new StageTwo(SplitSettings.Panda70M, ImageBind, Fps);
            List<StageTwoResult> steps = [.. segments.Select(stage.Push), stage.Finish()];
            var whole = StageTwo.Run(segments, SplitSettings.Panda70M, ImageBind, Fps);
            Assert.Equal(whole.Clips.Select(clip => (clip.Index, clip.Start, clip.End)),
                steps.SelectMany(step => step.Clips).Select(clip => (clip.Index, clip.Start, clip.End)));
            Assert.Equal(whole.Outcomes, steps.SelectMany(step => step.Outcomes));
            Assert.Equal(segments, whole.Outcomes.Select(outcome => outcome.Source));
        }
    }

    private static StageTwoResult Run(SplitSettings settings, params (int, int, float, float)[] segments) =>
        Run(settings, ImageBind, segments);

    private static StageTwoResult Run(SplitSettings settings, DistanceThresholds embedder, params (int, int, float, float)[] segments) =>
        StageTwo.Run(segments.Select((segment, i) => Embed(i, segment)), settings, embedder, Fps);

    private static EmbeddedSegment Embed(int index, (int Start, int End, float First, float Last) at)
    {
        var segment = new Segment(index, at.Start, at.End);
        return new(segment, ProbeFrames.Of(segment, 0.05), [at.First], [at.Last], null);
    }
}
