using Panda.Stream.Graph;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>The clips of one way to split videos, as the paper's Table 2 compares them.</summary>
/// <param name="Way">What the clips are.</param>
/// <param name="Videos">Videos that gave any.</param>
/// <param name="Seconds">Length of each clip.</param>
/// <param name="MaxRunningLpips">Of each clip in which at least two frames of the grid lie.</param>
public sealed record SplitWay(string Way, int Videos, IReadOnlyList<double> Seconds, IReadOnlyList<double> MaxRunningLpips);

/// <summary>Coherence against length, for clips that are the subtitle lines' spans, the shots alone, and what stage 2 makes: the paper's Table 2.</summary>
public static class CoherenceComparison
{
    /// <param name="reports">Videos that were split with coherence measured.</param>
    public static IReadOnlyList<SplitWay> Of(IReadOnlyList<SplitReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var videos = reports.Where(report => report.Segments.Count > 0).Select(report => new Measured(report)).ToArray();
        return
        [
            Measure("subtitle lines", videos, video => video.SubtitleLines()),
            Measure("shots", videos, video => video.Shots()),
            Measure("clips", videos, video => video.Report.Clips.Select(clip => (clip.Clip.Start, clip.Clip.End))),
        ];
    }

    private static SplitWay Measure(string way, Measured[] videos, Func<Measured, IEnumerable<(int Start, int End)>> split)
    {
        var spans = videos.SelectMany(video => split(video).Select(span => (Video: video, span.Start, span.End))).ToArray();
        return new(way, spans.Select(span => span.Video).Distinct().Count(),
            Array.ConvertAll(spans, span => span.Video.Seconds(span.End) - span.Video.Seconds(span.Start)),
            [.. spans.Select(span => span.Video.MaxRunningLpips(span.Start, span.End)).OfType<double>()]);
    }

    /// <summary>A video's frames and distances in one piece.</summary>
    private sealed class Measured
    {
        private readonly EmbeddedSegment[] _segments;
        private readonly double[] _seconds;

        public Measured(SplitReport report)
        {
            Report = report;
            _segments = [.. report.Segments.Select(outcome => outcome.Source).OrderBy(segment => segment.Segment.Index)];
            _seconds = [.. _segments.SelectMany(segment => segment.Pts.SkipLast(1)).Append(_segments[^1].Pts[^1]).Select(report.Video.Info.Seconds)];
        }

        public SplitReport Report { get; }

        private int Frames => _seconds.Length - 1;

        public double Seconds(int frame) => _seconds[frame];

        public double? MaxRunningLpips(int start, int end) =>
            CoherenceSamples.Maximum(_segments.Where(segment => segment.Segment.Start < end && segment.Segment.End > start).Select(segment => segment.Samples), start, end);

        public IEnumerable<(int Start, int End)> Shots()
        {
            int[] ends = [.. Report.Video.Cuts, Frames];
            return ends.Prepend(0).Zip(ends);
        }

        public IEnumerable<(int Start, int End)> SubtitleLines() =>
            Report.Video.Text.Subtitles.Select(line => (FrameAt(line.Start), FrameAt(line.End))).Where(span => span.Item1 < span.Item2);

        /// <summary>The first frame that is not shown before a time; the number of frames when there is none.</summary>
        private int FrameAt(double seconds)
        {
            var frame = Array.FindIndex(_seconds, at => at >= seconds);
            return frame < 0 ? Frames : frame;
        }
    }
}
