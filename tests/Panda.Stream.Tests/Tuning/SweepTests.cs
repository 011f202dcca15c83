using System.Globalization;
using System.Xml.Linq;
using Panda.Stream.Config;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;
using Panda.Stream.Tuning;

namespace Panda.Stream.Tests.Tuning;

public sealed class SweepTests(RecordedSamples samples)
{
    [Theory]
    [InlineData("split.stitch=0.3..0.9:0.2", "0.3 0.5 0.7 0.9")]
    [InlineData("split.stitch=0.3..0.9:0.25", "0.30 0.55 0.80")]
    [InlineData("split.transition=0.8,1.0,1.2", "0.8 1.0 1.2")]
    [InlineData("split.trim=0, 0.1..0.2:0.1", "0 0.1 0.2")]
    [InlineData("split.preset=panda70m,released", "panda70m released")]
    [InlineData("split.stitch=0.5,preset,0.50,0.4..0.6:0.1,preset", "0.5 preset 0.4 0.6")]
    public void Values_of_an_axis(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', SweepAxis.Parse(text).Values));

    [Theory]
    [InlineData("split.stitch", "found no key and values")]
    [InlineData("split.stitch=", "found no key and values")]
    [InlineData("split.stitch=0.3..0.9", "found the range '0.3..0.9', expected FROM..TO:STEP")]
    [InlineData("split.stitch=0.9..0.3:0.1", "found a range from 0.9 to 0.3")]
    [InlineData("split.stitch=0..1:0", "in steps of 0")]
    [InlineData("split.stitch=0..1:0.00001", "expected it to rise in at most 10000 steps")]
    public void Wrong_axes_say_so(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<TuningException>(() => SweepAxis.Parse(text)).Message);

    [Fact]
    public async Task A_point_is_what_splitting_with_its_settings_gives()
    {
        using var folder = new TemporaryFolder();
        var sweep = Run("split.stitch=0.4,0.835", "split.shortest_s=1,2.5");
        Assert.Equal(["0.4 1", "0.4 2.5", "0.835 1", "0.835 2.5"], sweep.Points.Select(point => string.Join(' ', point.Values)));

        await SplitResults.MakeAsync(folder.File("fresh"), new() { Stitch = 0.4, ShortestS = 1 }, RecordedSamples.Videos);
        var reader = ShardReader.Open(folder.File("fresh"));
        var clips = reader.Clips().ToArray();
        var lengths = clips.Select(clip => clip.EndSeconds - clip.StartSeconds).Order().ToArray();
        var point = sweep.Points[0];
        Assert.Equal(lengths, point.Lengths);
        Assert.Equal(lengths.Average(), point.MeanSeconds!.Value, 1e-12);
        Assert.Equal((lengths[0], lengths[^1]), (point.Quantile(0), point.Quantile(1)));
        Assert.Equal(clips.Select(clip => clip.MaxRunningLpips).OfType<double>().Average(), point.MaxRunningLpips!.Value, 1e-12);
        Assert.Equal(
            reader.Segments().Where(row => row.Reason is not null).CountBy(row => row.Reason!).OrderBy(pair => pair.Key, StringComparer.Ordinal),
            point.Drops.Select(pair => KeyValuePair.Create(pair.Key.Name(), pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Quantiles_lie_between_neighbours()
    {
        var point = new SweepPoint([], 4, [1, 2, 3, 5], null, new Dictionary<DropReason, int>(), null);
        Assert.Equal((1.3, 2.5, 4.4), (Math.Round(point.Quantile(0.1)!.Value, 9), point.Quantile(0.5), Math.Round(point.Quantile(0.9)!.Value, 9)));
        Assert.Null((point with { Clips = 0, Lengths = [] }).Quantile(0.5));
    }

    [Fact]
    public void A_setting_that_needs_decoding_is_refused_before_any_is_tried() =>
        Assert.Contains("split.threshold: found 20, expected 25", Assert.Throws<TuningException>(() => Run("split.threshold=25,20")).Message);

    [Fact]
    public void A_key_of_another_detector_changes_nothing() => Assert.Equal(2, Run("split.histogram_metric=chi_square,correlation").Points.Count);

    [Fact]
    public void The_table_and_the_CSV_hold_a_line_for_every_setting()
    {
        var sweep = Run("split.stitch=0.3..0.9:0.1", "split.transition=0.8,1.2");
        using var table = new StringWriter();
        SweepTable.Write(table, sweep);
        var lines = table.ToString().TrimEnd().Split('\n');
        Assert.Equal(15, lines.Length);
        Assert.Single(lines.Select(line => line.Length).Distinct());
        Assert.StartsWith("split.stitch  split.transition  clips", lines[0]);

        using var csv = new StringWriter();
        SweepTable.WriteCsv(csv, sweep);
        Assert.Contains(sweep.Points[0].MeanSeconds!.Value.ToString("R", System.Globalization.CultureInfo.InvariantCulture), csv.ToString().Split('\n')[1].Split(','));
        var cells = csv.ToString().TrimEnd().Split('\n').Select(line => line.Split(',')).ToArray();
        Assert.Equal("split.stitch,split.transition,clips,total_s,mean_s,p10_s,p50_s,p90_s,max_running_lpips,transition,probe_failed,too_short,still,near_repeat", string.Join(',', cells[0]));
        Assert.All(cells.Skip(1), line => Assert.All(line, cell => Assert.True(double.TryParse(cell, CultureInfo.InvariantCulture, out _), cell)));
    }

    [Fact]
    public void The_picture_draws_every_point_within_its_panel()
    {
        var svg = XDocument.Parse(SweepChart.ToSvg(Run("split.stitch=0.3..0.9:0.1", "split.transition=0.8,1.2"), "a < b & c"));
        XNamespace ns = "http://www.w3.org/2000/svg";
        var (width, height) = ((double)svg.Root!.Attribute("width")!, (double)svg.Root.Attribute("height")!);
        Assert.Contains("a < b & c", svg.Descendants(ns + "text").Select(text => text.Value));
        Assert.Contains("transition 1.2", svg.Descendants(ns + "text").Select(text => text.Value));
        var panels = svg.Descendants(ns + "text").Count(text => text.Value == "split.stitch");
        Assert.InRange(panels, 5, 9);
        var circles = svg.Descendants(ns + "circle").ToArray();
        Assert.Equal(panels * 7 * 2, circles.Length);
        Assert.All(circles, circle =>
        {
            Assert.InRange((double)circle.Attribute("cx")!, 0, width);
            Assert.InRange((double)circle.Attribute("cy")!, 0, height);
        });
    }

    [Theory]
    [InlineData("split.stitch=0.5")]                                            // one point
    [InlineData("split.preset=panda70m,released")]                              // words along x
    [InlineData("split.shortest_s=50", "split.stitch=0.5,0.6")]                 // no clip is left
    [InlineData("split.stitch=0.5,0.6", "split.transition=0.5..1.5:0.02")]      // more series than colours or room
    public void The_picture_holds_for_odd_sweeps(params string[] axes)
    {
        var svg = SweepChart.ToSvg(Run(axes), "odd");
        Assert.DoesNotContain("NaN", svg);
        Assert.DoesNotContain("Infinity", svg);
        XDocument.Parse(svg);
    }

    [Fact]
    public async Task On_real_scenes_nearly_all_borders_are_right_with_the_embedders_own_thresholds()
    {
        using var folder = new TemporaryFolder();
        var truth = SceneTruth.Load(SharedVideos.Path("expected/real_scenes_640.scenes.json"), frames: 6487);
        await SplitResults.MakeAsync(folder.File("real"), new(), SharedVideos.Path("real_scenes_640.mp4"));

        var sweep = Sweep.Run(RecordedSplit.Load(folder.File("real")), [SweepAxis.Parse("split.stitch=preset,0,2")], ("real_scenes_640", truth));

        var right = sweep.Points.Select(point => point.Borders!.Value).ToArray();
        Assert.All(right, borders => Assert.Equal(54, borders.Borders));
        Assert.True(right[0].Right >= 0.92 * 54, $"{right[0].Right} of 54 borders right");
        // Nothing joined: right at the 17 true borders. All joined: wrong there, and where a transition was dropped.
        Assert.Equal(17, right[1].Right);
        Assert.InRange(right[2].Right, 30, 37);
        Assert.True(sweep.Points[2].MaxRunningLpips > sweep.Points[0].MaxRunningLpips, "clips of several scenes must be less coherent");
    }

    [Theory]
    [InlineData("""{"fps": 30}""", ": found no key 'scenes', expected {")]
    [InlineData("""{"scenes": [[0, 10]]}""", ": found no key 'fps', expected {")]
    [InlineData("[30]", ": found [30], expected {")]
    [InlineData("{\n\"fps\": x", "(2,8): found text that is not JSON")]
    [InlineData("""{"fps": 0, "scenes": [[0, 10]]}""", ": fps: found 0, expected frames per second above 0")]
    [InlineData("""{"fps": 1e999, "scenes": [[0, 10]]}""", ": fps: found 1e999, expected")]
    [InlineData("""{"fps": "30", "scenes": [[0, 10]]}""", ": fps: found \"30\", expected")]
    [InlineData("""{"fps": 30, "scenes": []}""", ": scenes: found [], expected a list")]
    [InlineData("""{"fps": 30, "scenes": 3}""", ": scenes: found 3, expected a list")]
    [InlineData("""{"fps": 30, "scenes": [[0]]}""", ": scenes[0]: found [0], expected [first frame, end]")]
    [InlineData("""{"fps": 30, "scenes": [[0, 1.5]]}""", ": scenes[0]: found [0, 1.5], expected")]
    [InlineData("""{"fps": 30, "scenes": [["a", 5]]}""", ": scenes[0]: found [\"a\", 5], expected")]
    [InlineData("""{"fps": 30, "scenes": [[-1, 5]]}""", ": scenes[0]: found [-1, 5], expected")]
    [InlineData("""{"fps": 30, "scenes": [[40, 30]]}""", ": scenes[0]: found [40, 30], expected")]
    [InlineData("""{"fps": 30, "scenes": [[0, 30], [20, 40]]}""", ": scenes[1]: found [20, 40], expected [first frame, end] behind the scene before it and within the video: 30 <= first frame < end <= 100")]
    [InlineData("""{"fps": 30, "scenes": [[0, 101]]}""", ": scenes[0]: found [0, 101], expected")]
    public void Truth_that_is_none_is_named(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("x.json");
        File.WriteAllText(file, text);
        Assert.StartsWith(file + expected, Assert.Throws<InvalidDataException>(() => SceneTruth.Load(file, frames: 100)).Message);
    }

    [Fact]
    public void Combinations_that_cannot_be_are_left_out_and_counted()
    {
        var sweep = Run("split.shortest_s=1..100:33", "split.longest_s=30,60,2");

        Assert.Equal(["1 30", "1 60", "1 2", "34 60"], sweep.Points.Select(point => string.Join(' ', point.Values)));
        Assert.Equal(8, sweep.LeftOut);
        Assert.Contains("found a shortest clip of 70 s and a longest of 60 s", Assert.Throws<TuningException>(() => Run("split.shortest_s=70,80")).Message);
        XDocument.Parse(SweepChart.ToSvg(sweep, "gaps"));
    }

    [Fact]
    public void The_picture_runs_from_left_to_right_whatever_the_order_of_the_list() =>
        Assert.Equal(SweepChart.ToSvg(Run("split.stitch=0.3,0.5,0.9"), ""), SweepChart.ToSvg(Run("split.stitch=0.5,0.9,0.3"), ""));

    [Fact]
    public void The_legend_says_how_many_lines_it_leaves_out() =>
        Assert.Contains(">and 33 more between them<", SweepChart.ToSvg(Run("split.stitch=0.5,0.6", "split.transition=0.5..1.5:0.02"), ""));

    private Sweep Run(params string[] axes) => Sweep.Run(RecordedSplit.Load(samples.Folder), [.. axes.Select(SweepAxis.Parse)]);
}
