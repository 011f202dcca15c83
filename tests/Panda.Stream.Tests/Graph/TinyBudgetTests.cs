using System.Globalization;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

/// <summary>Thousands of items through the real graph with room for next to nothing and delays anywhere: it must neither stick nor lose any.</summary>
public class TinyBudgetTests
{
    private const int Lanes = 3;

    /// <summary>Videos of 400 frames; PANDA_TINY_BUDGET_VIDEOS for more.</summary>
    private static int Videos => int.Parse(Environment.GetEnvironmentVariable("PANDA_TINY_BUDGET_VIDEOS") ?? "12", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(1, 1.0)]    // room for one video at a time
    [InlineData(2, 1.7)]    // for one and a part of the next
    public async Task Capacities_of_one_and_a_budget_for_one_video_let_everything_through(int seed, double videosAtOnce)
    {
        var random = new Random(seed);
        var options = SyntheticGraph.Lane(1 << 30, SyntheticGraph.Ones, async frame =>
        {
            await DelayAsync(random);
            return Chance(random, 50) ? throw new InvalidDataException("no features for this one") : [1f];
        });
        long need;
        using (var header = VideoHeader.Read(TestFiles.Video("moving.mp4")))
            need = VideoNeeds.Of(header.Info, header.PictureBytes, options, new(options.DecoderThreads, 1, 1, options.KeptPerSecond)).Total;
        var budget = new MemoryBudget((long)(need * videosAtOnce));

        var counters = new RunCounters();
        var faults = new List<Exception>();
        LaneVideo[] videos = [.. Enumerable.Range(0, Videos).Select(number => SyntheticGraph.Video("moving.mp4", $"video {number}", number))];
        using var ledger = new SyntheticLedger([.. videos.Select(video => video.Input)], teachers: 2);
        var models = SyntheticGraph.Models(teachers: 2, () => DelayAsync(random).Wait());
        await using var captions = new CaptionGraph(
            SyntheticGraph.Captions(models with
            {
                Score = (request, candidates) => Chance(random, 50) ? throw new InvalidDataException("no score for this one") : models.Score(request, candidates),
            }, SyntheticGraph.Ones),
            ledger.Writer, counters, faults.Add);
        var waiting = new Queue<LaneVideo>(videos);
        LaneVideo? Next()
        {
            lock (waiting)
                return waiting.TryDequeue(out var video) ? video : null;
        }

        var lanes = Enumerable.Range(0, Lanes)
            .Select(_ => Task.Run(() => new Lane(options with { Memory = budget }, captions, counters, faults.Add, CancellationToken.None).RunAsync(Next)));
        await Task.WhenAll(lanes).WaitAsync(TimeSpan.FromMinutes(5));
        await captions.CompleteAsync().WaitAsync(TimeSpan.FromMinutes(1));
        ledger.Writer.Complete();
        var report = RunReport.Sum(ledger.Writer.Accounts().Videos, ledger.Writer.Mismatches);

        Assert.Empty(faults);
        Assert.Empty(report.Mismatches());
        Assert.Equal(new VideoCounts(Videos, Videos, 0), report.Videos);
        Assert.Equal((Videos, 0), (counters.VideosDone, counters.VideosFailed));
        Assert.Equal((400 * Videos, 40 * Videos), (counters.Frames, counters.Segments));
        Assert.Equal((counters.Segments, counters.Clips), (report.Segments.Total, report.Clips.In));
        Assert.True(report.Segments.Dropped > 0 && report.Clips.Failed > 0, "the failures that were asked for");
        Assert.All(report.Teachers.Values, teacher => Assert.Equal(counters.Clips, teacher.Candidates));
        Assert.Equal(0, budget.Taken);
        Assert.InRange(budget.MostTaken, need, budget.Bytes);
    }

    private static bool Chance(Random random, int oneIn)
    {
        lock (random)
            return random.Next(oneIn) == 0;
    }

    private static Task DelayAsync(Random random) => Chance(random, 20) ? Task.Delay(1) : Task.CompletedTask;
}
