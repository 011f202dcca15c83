using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Splitting;

public class TimeTextTests
{
    [Theory]
    [InlineData(0, 30, "0:00:00.000")]
    [InlineData(1, 30, "0:00:00.033")]          // cut, not rounded: 33.33 ms
    [InlineData(2, 30, "0:00:00.066")]
    [InlineData(29, 29.000001, "0:00:01.000")]  // 0.99999997 s: the microsecond lifts it
    [InlineData(2999, 3000, "0:00:00.999")]
    [InlineData(1798, 29.97, "0:00:59.993")]
    [InlineData(108000, 30, "1:00:00.000")]
    [InlineData(1080000, 30, "10:00:00.000")]
    [InlineData(2592000, 30, "24:00:00.000")]
    [InlineData(10800000, 30, "100:00:00.000")]
    public void A_frame_s_time(int frame, double fps, string text) => Assert.Equal(text, TimeText.OfFrame(frame, fps));

    [Theory]
    [InlineData(80.88, "0:01:20.880")]          // from the dataset's table
    [InlineData(83.983, "0:01:23.983")]
    [InlineData(3599.9999985, "0:59:59.999")]
    [InlineData(3599.999999, "1:00:00.000")]
    public void A_time_in_seconds(double seconds, string text) => Assert.Equal(text, TimeText.OfSeconds(seconds));

    [Theory]
    [InlineData(-0.001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_time_that_is_none_is_refused(double seconds) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TimeText.OfSeconds(seconds));
}
