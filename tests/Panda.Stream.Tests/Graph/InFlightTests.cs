using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

/// <summary>Ends that do not return until told: what has then piled up before them is exactly what the capacities come to.</summary>
public class InFlightTests
{
    public static TheoryData<int, int, int> Lanes => new() { { 4, 2, 8 }, { 1, 1, 1 }, { 3, 2, 5 }, { 1, 0, 3 } };

    [Theory, MemberData(nameof(Lanes))]
    public async Task A_lane_before_a_stalled_end_holds_what_its_capacities_come_to(int framesPerBatch, int batches, int segments)
    {
        var capacities = SyntheticGraph.Ones with { FramesPerBatch = framesPerBatch, Batches = batches, Segments = segments };
        var (end, counters) = (new StalledEnd(), new RunCounters());
        var lane = new Lane(SyntheticGraph.Lane(1 << 30, capacities), end, counters, error => Assert.Fail(error.ToString()), CancellationToken.None);
        LaneVideo? next = SyntheticGraph.Video("moving.mp4");
        var running = Task.Run(() => lane.RunAsync(() => Interlocked.Exchange(ref next, null)));

        long Out(string stage) => Lane.Counts([lane], counters.Frames).Single(count => count.Name == stage).Done;
        (long, long) InFlight() => (counters.Frames - Out("cut"), counters.Segments - Out("stitch"));
        await Settles(InFlight, (capacities.MostBatches * framesPerBatch, capacities.MostSegments));

        end.Open();
        await running;
        Assert.Equal((400, 40), (counters.Frames, counters.Segments));
    }

    public static TheoryData<int, int, int, int> Captions => new() { { 8, 16, 64, 3 }, { 1, 1, 1, 1 }, { 2, 3, 5, 4 } };

    [Theory, MemberData(nameof(Captions))]
    public async Task The_captions_before_a_stalled_end_hold_what_their_capacities_come_to(int clips, int clipsPerTeacher, int rows, int lanes)
    {
        var capacities = SyntheticGraph.Ones with { Clips = clips, ClipsPerTeacher = clipsPerTeacher, Rows = rows };
        using var gate = new ManualResetEventSlim();
        var counters = new RunCounters();
        var written = 0;
        var input = SyntheticGraph.Video("moving.mp4");
        using var ledger = new SyntheticLedger([input.Input], teachers: 1);
        await using var graph = new CaptionGraph(
            SyntheticGraph.Captions(SyntheticGraph.Models(teachers: 1), capacities) with { Write = _ => { gate.Wait(); written++; } },
            ledger.Writer, counters, error => Assert.Fail(error.ToString()));
        using (var decoder = VideoDecoder.Open(input.Input.Path))
            input.Info = decoder.Info;
        const int EachLane = 100;
        var sending = Enumerable.Range(0, lanes).Select(lane => Task.Run(async () =>
        {
            for (var clip = 0; clip < EachLane; clip++)
                await ((ILaneOutput)graph).ClipAsync(Clip(input, lane * EachLane + clip));
        })).ToArray();

        await Settles(() => counters.Clips, capacities.MostClips(teachers: 1, lanes) + rows);

        gate.Set();
        await Task.WhenAll(sending);
        await graph.CompleteAsync();
        Assert.Equal(lanes * EachLane, written);
    }

    private static VideoClip Clip(LaneVideo video, int index) => new(
        video, new Clip(index, 10 * index, 10 * index + 10, 10 * index, 10 * index + 10, [Segment(index)], [1f], 1, null), [new KeptFrame(10 * index, 0, 1, 1, new byte[3])]);

    private static EmbeddedSegment Segment(int index) => new(new(index, 10 * index, 10 * index + 10), new(10 * index, 10 * index + 9), [1f], [1f], null)
    {
        Pts = [.. Enumerable.Range(10 * index, 11).Select(pts => (long)pts)],
    };

    // It must come to be so, and then stay so.
    private static async Task Settles<T>(Func<T> count, T expected)
    {
        for (var wait = 0; !Equals(count(), expected) && wait < 6000; wait++)
            await Task.Delay(10);
        Assert.Equal(expected, count());
        await Task.Delay(200);
        Assert.Equal(expected, count());
    }

    private sealed class StalledEnd : ILaneOutput
    {
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _gate.SetResult();

        public void Score(LaneVideo video, FrameScore score, long pts)
        {
        }

        public Task ClipAsync(VideoClip clip)
        {
            clip.Leave();
            return _gate.Task;
        }

        public Task SegmentAsync(LaneVideo video, SegmentOutcome outcome) => _gate.Task;

        public Task VideoEndedAsync(LaneVideo video) => _gate.Task;
    }
}
