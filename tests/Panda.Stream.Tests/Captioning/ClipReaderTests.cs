using Panda.Stream.Captioning;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Captioning;

public sealed class ClipReaderTests
{
    [Fact]
    public void A_clip_has_the_frames_between_its_times_and_the_text_beside_the_video()
    {
        var path = Repository.File("samples/beach_day.mp4");
        using var decoder = VideoDecoder.Open(path);
        var fps = decoder.Info.FrameRate.ToDouble();
        ClipSpan[] spans = [new(2, 4), new(0.5, 3), new(1000, 1001), new(2, 2.01 + 1 / fps)];
        var read = ClipReader.Read(path, spans, 64, 8).ToDictionary(one => one.Place, one => one.Clip);

        Assert.Equal([0, 1, 3], read.Keys.Order()); // none of frames that the video does not have
        Assert.Equal((int)Math.Round(2 * fps), read[0].Start);
        Assert.Equal((int)Math.Round(2 * fps), read[0].FrameCount);
        Assert.Equal($"beach_day@{read[0].Start}-{read[0].Start + read[0].FrameCount}", read[0].ClipId);
        Assert.Equal(16, read[0].Kept.Count);
        Assert.All(read[0].Kept, frame => Assert.InRange(frame.Index, read[0].Start, read[0].Start + read[0].FrameCount - 1));
        Assert.All(read[0].Kept, frame => Assert.Equal(64, Math.Min(frame.Width, frame.Height)));
        // A frame that two clips want is made once.
        Assert.Contains(read[0].Kept, frame => read[1].Kept.Contains(frame));
        Assert.Single(read[3].Kept);
        var text = Sidecars.Read(path).Text;
        Assert.Equal((text.Title, text.SubtitlesBetween(2, 4), fps), (read[0].Title, read[0].Subtitles, read[0].FrameRate));
    }

    [Fact]
    public async Task It_is_the_clip_that_a_run_made()
    {
        using var runs = new SmallRuns();
        await runs.RunAsync("out");
        var reader = ShardReader.Open(runs.PathOf("out"));
        // Of videos with the same name a run tells one by a hash behind it.
        foreach (var rows in reader.Clips().Where(row => row.VideoId == Path.GetFileNameWithoutExtension(row.Source)).GroupBy(row => row.Source))
        {
            var read = ClipReader.Read(rows.Key, [.. rows.Select(row => new ClipSpan(row.StartSeconds, row.EndSeconds))], 64, runs.Config.Split.KeepPerSecond).ToDictionary(one => one.Place, one => one.Clip);
            foreach (var (place, row) in rows.Index())
                Assert.Equal(($"{row.VideoId}@{row.StartFrame}-{row.EndFrame}", row.StartFrame, row.Subtitles), (read[place].ClipId, read[place].Start, read[place].Subtitles));
        }
    }
}
