using Panda.Stream.Graph;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

public class VideoMemoryTests
{
    private static readonly LaneOptions Plenty = SyntheticGraph.Lane(1 << 30, Capacities.For(largestBatch: 8, decoderThreads: 2)) with { LeastKeptPerSecond = 5 };

    private static VideoNeeds Needs(VideoManner manner)
    {
        using var header = VideoHeader.Read(TestFiles.Video("moving.mp4"));
        return VideoNeeds.Of(header.Info, header.PictureBytes, Plenty, manner);
    }

    private static async Task<VideoMemory> ReserveAsync(MemoryBudget budget, string video = "moving.mp4")
    {
        using var header = VideoHeader.Read(TestFiles.Video(video));
        return await VideoMemory.ReserveAsync(header, Plenty with { Memory = budget }, CancellationToken.None);
    }

    [Fact]
    public async Task A_video_takes_the_first_cheaper_way_that_fits_and_below_the_cheapest_is_refused_with_the_figures()
    {
        VideoManner[] manners = [new(2, 4, 8, 8), new(2, 1, 2, 8), new(1, 1, 2, 8), new(1, 1, 2, 7), new(1, 1, 2, 6), new(1, 1, 2, 5)];
        foreach (var manner in manners)
        {
            var budget = new MemoryBudget(Needs(manner).Total);
            // Two ways may come to the same where rates are rounded to whole frames; then the dearer is taken.
            var expected = manners.First(other => Needs(other).Total <= budget.Bytes);
            Assert.Equal(expected, (await ReserveAsync(budget)).Manner);
        }

        var error = await Assert.ThrowsAsync<VideoException>(() => ReserveAsync(new MemoryBudget(Needs(manners[^1]).Total - 1)));
        Assert.Matches(@"moving.mp4: found 128x96 yuv420p at 25 frames/s, which needs \S+ MiB \(decoded frames \S+ MiB, kept frames \S+ \wiB, clips in flight \S+ \wiB\) even alone and at its leanest, expected one that fits into the \S+ MiB of resources.memory", error.Message);
    }

    [Fact]
    public async Task All_of_it_comes_back_piece_by_piece()
    {
        var budget = new MemoryBudget(1 << 30);
        var needs = Needs(new(2, 4, 8, 8));
        var memory = await ReserveAsync(budget);
        Assert.Equal(needs.Total, budget.Taken);

        await memory.ClipLeavesLaneAsync(1000);
        memory.DecodingEnded();
        Assert.Equal(needs.Kept + needs.Clips, budget.Taken);
        memory.VideoEnded();
        Assert.Equal(1000, budget.Taken);
        memory.ClipLeft(1000);
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public async Task A_clip_waits_until_enough_of_its_videos_earlier_ones_have_left()
    {
        var memory = await ReserveAsync(new MemoryBudget(1 << 30));
        var half = Needs(new(2, 4, 8, 8)).Clips / 2;
        await memory.ClipLeavesLaneAsync(half);
        await memory.ClipLeavesLaneAsync(half);

        var third = memory.ClipLeavesLaneAsync(half);

        Assert.False(third.IsCompleted);
        memory.ClipLeft(half);
        await third;
    }

    [Fact]
    public async Task Frames_larger_than_the_header_said_take_more_at_once_or_fail_with_the_figures()
    {
        var budget = new MemoryBudget(Needs(new(2, 4, 8, 8)).Total + (100 << 20));
        var memory = await ReserveAsync(budget);
        using var header = VideoHeader.Read(TestFiles.Video("moving.mp4"));

        Assert.Null(memory.Fit(header.Info with { Width = 1280, Height = 720 }, 1280 * 720 * 3 / 2));
        Assert.True(budget.Taken > Needs(new(2, 4, 8, 8)).Total);
        Assert.Matches(@"found frames of 7680x4320 yuv420p at 25 frames/s, which need \S+ GiB \(.*\), expected no more than \S+ MiB, for which room was made by the header; of the \S+ MiB of resources.memory \S+ MiB are free",
            memory.Fit(header.Info with { Width = 7680, Height = 4320 }, 7680 * 4320 * 3 / 2));

        memory.VideoEnded();
        Assert.Equal(0, budget.Taken);
    }

    [Theory]
    [InlineData(CutFilter.Suppress, 15, 5, 8)]
    [InlineData(CutFilter.Merge, 15, 5, 8)]
    [InlineData(CutFilter.Suppress, 1, 1.5, 0)]
    [InlineData(CutFilter.Merge, 40, 12, 2)]
    public void No_more_frames_are_kept_than_were_reserved_for(CutFilter filter, int minSceneLength, double segmentSeconds, int undecided)
    {
        var settings = SplitSettings.Panda70M with { Filter = filter, MinSceneLen = minSceneLength, SegmentLength = segmentSeconds };
        using var decoder = VideoDecoder.Open(TestFiles.Video("moving.mp4"));
        var reserved = VideoNeeds.KeptCounts.Of(settings, decoder.Info, new(2, 4, undecided, 8));
        using var keeper = new FrameKeeper(settings, decoder.Info, 24, 8, undecided);
        var random = new Random(minSceneLength);
        var most = 0;
        while (decoder.TryRead(out var frame))
        {
            foreach (var segment in keeper.Push(frame, random.Next(100) == 0 ? 99 : 0))
                Assert.InRange(segment.Frames.Count + 2, 3, reserved.InSegment + 1);
            most = Math.Max(most, keeper.Held);
        }
        Assert.InRange(most, reserved.Running / 4, reserved.Running);
    }

    [Theory]
    [InlineData("tenbit.mkv")]
    [InlineData("sizes.ts")]
    [InlineData("million.mp4")]
    [InlineData("raw.h264")]
    public async Task A_header_says_enough_of_any_container(string video)
    {
        var budget = new MemoryBudget(1 << 30);
        var memory = await ReserveAsync(budget, video);
        using var decoder = VideoDecoder.Open(TestFiles.Video(video));
        Assert.True(decoder.TryRead(out var frame));
        using (frame)
        {
            var before = budget.Taken;
            Assert.Null(memory.Fit(decoder.Info, frame.PictureBytes));
            Assert.Equal(before, budget.Taken);
        }
    }

    [Fact]
    public async Task A_stream_that_grows_beyond_its_header_costs_itself_alone()
    {
        // Its first part says 64x48, the second is 640x480, for which there is no room.
        using var folder = new TemporaryFolder();
        var small = File.ReadAllBytes(TestFiles.Video("grows.ts"));
        var (end, counters) = (new Ends(), new RunCounters());
        long need;
        var options = SyntheticGraph.Lane(1 << 30, SyntheticGraph.Ones);
        var path = folder.Write("grows.ts", small);
        using (var header = VideoHeader.Read(path))
            need = VideoNeeds.Of(header.Info, header.PictureBytes, options, new(2, 1, 1, 8)).Total;
        LaneVideo[] videos = [new(new("grows", path), VideoText.None), SyntheticGraph.Video("moving.mp4")];
        var waiting = new Queue<LaneVideo>(videos);

        var budget = new MemoryBudget(need + (4 << 20));
        await new Lane(options with { Memory = budget }, end, counters, error => Assert.Fail(error.ToString()), CancellationToken.None)
            .RunAsync(() => waiting.TryDequeue(out var video) ? video : null);

        Assert.StartsWith("found frames of 640x480", videos[0].Failure);
        Assert.Null(videos[1].Failure);
        Assert.Equal((1, 1), (end.Done, end.Failed));
        Assert.Equal(0, budget.Taken);
    }

    private sealed class Ends : ILaneOutput
    {
        public int Done { get; private set; }

        public int Failed { get; private set; }

        public void Score(LaneVideo video, FrameScore score, long pts)
        {
        }

        public Task ClipAsync(VideoClip clip)
        {
            clip.Leave();
            return Task.CompletedTask;
        }

        public Task SegmentAsync(LaneVideo video, SegmentOutcome outcome) => Task.CompletedTask;

        public Task VideoEndedAsync(LaneVideo video)
        {
            if (video.Failure is null)
                Done++;
            else
                Failed++;
            return Task.CompletedTask;
        }
    }
}
