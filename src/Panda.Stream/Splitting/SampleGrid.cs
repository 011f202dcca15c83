using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>Chooses the frames of a video that lie on its grid of so many a second: of the kept frames the first of each interval, counted from the start of the stream by pts.</summary>
public sealed class SampleGrid(VideoStreamInfo info, double perSecond)
{
    private double? _interval;

    /// <summary>The grid frames among the next kept frames of the video.</summary>
    public IReadOnlyList<KeptFrame> Take(IEnumerable<KeptFrame> kept)
    {
        var taken = new List<KeptFrame>();
        foreach (var frame in kept)
        {
            var interval = Math.Floor(info.Seconds(frame.Pts) * perSecond);
            if (interval == _interval)
                continue;
            _interval = interval;
            taken.Add(frame);
        }
        return taken;
    }
}
