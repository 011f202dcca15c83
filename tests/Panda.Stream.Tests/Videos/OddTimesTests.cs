using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public class OddTimesTests
{
    [Fact]
    public void Times_that_jump_back_go_on_from_where_they_were()
    {
        var (seconds, decoder) = Seconds("back.ts");
        using (decoder)
        {
            Assert.Equal(16, seconds.Count);
            for (var i = 0; i < seconds.Count; i++)
                Assert.Equal(i / 10.0, seconds[i], 3);
            Assert.Equal(1, decoder.BackwardJumps);
        }
    }

    [Fact]
    public void A_gap_stays_as_the_file_has_it()
    {
        var (seconds, decoder) = Seconds("ahead.ts");
        using (decoder)
        {
            Assert.Equal(16, seconds.Count);
            Assert.Equal(0.7, seconds[7], 3);
            Assert.Equal(29.8, seconds[8], 3);
            Assert.Equal(0, decoder.BackwardJumps);
        }
    }

    [Fact]
    public void A_rate_beyond_all_sense_is_taken_as_the_file_says_it()
    {
        var (seconds, decoder) = Seconds("million.mp4");
        using (decoder)
        {
            Assert.Equal(20, seconds.Count);
            Assert.Equal(0.000019, seconds[^1], 9);
        }
    }

    private static (List<double> Seconds, VideoDecoder Decoder) Seconds(string name)
    {
        var decoder = VideoDecoder.Open(TestFiles.Video(name));
        var seconds = new List<double>();
        while (decoder.TryRead(out var frame))
        {
            using (frame)
                seconds.Add(decoder.Info.Seconds(frame.Pts));
        }
        return (seconds, decoder);
    }
}
