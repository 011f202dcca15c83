using Panda.Stream.Config;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Captioning;

/// <summary>A part of a video, in seconds from its start: frames from <paramref name="StartS"/> on, before <paramref name="EndS"/>.</summary>
public readonly record struct ClipSpan(double StartS, double EndS);

/// <summary>Reads clips whose times are known out of a video, as a run would hand them to its models: kept frames and the text beside the video.</summary>
public static class ClipReader
{
    /// <summary>Frames kept of a second, as by default in a run.</summary>
    public static double KeptPerSecond { get; } = new SplitConfig().KeepPerSecond;

    private sealed record OpenClip(ClipSpan Span, List<KeptFrame> Kept)
    {
        public KeptFrame? First { get; set; }
        public int Start { get; set; }
        public int Frames { get; set; }
    }

    /// <summary>Decodes the video once, as far as it must.</summary>
    /// <param name="path">The video.</param>
    /// <param name="spans">The clips; they may overlap.</param>
    /// <param name="shortSide">Pixels of a kept frame's shorter side.</param>
    /// <param name="keptPerSecond">Kept frames of a second of video.</param>
    /// <returns>Each clip, as soon as it has been read, with its place among <paramref name="spans"/>; a span in which no frame lies is left out. <c>VideoEndS</c> is where the video ended more than a frame before the clip, null where it did not.</returns>
    /// <exception cref="VideoException">The video cannot be opened, or its pictures become too large.</exception>
    public static IEnumerable<(int Place, CaptionRequest Clip, double? VideoEndS)> Read(string path, IReadOnlyList<ClipSpan> spans, int shortSide, double keptPerSecond)
    {
        ArgumentNullException.ThrowIfNull(spans);
        using var decoder = VideoDecoder.Open(path);
        using var scaler = new FrameScaler(decoder.Info, shortSide);
        var fps = decoder.Info.FrameRate.ToDouble();
        var grid = new KeptGrid(fps, keptPerSecond);
        var text = Sidecars.Read(path).Text;
        var open = spans.Select(span => new OpenClip(span, [])).Index().ToList();
        var rounding = 0.25 / fps; // of times that were written with few digits
        var end = 0.0;
        while (open.Count > 0 && decoder.TryRead(out var frame))
        {
            var seconds = decoder.Info.Seconds(frame.Pts) + rounding;
            end = seconds - rounding + 1 / fps;
            using (frame)
            {
                KeptFrame? kept = null;
                foreach (var (_, clip) in open.Where(one => seconds >= one.Item.Span.StartS && seconds < one.Item.Span.EndS))
                {
                    if (clip.Frames++ == 0)
                        (clip.Start, clip.First) = (frame.Index, kept ??= scaler.Keep(frame));
                    if (grid.Has(frame.Index))
                        clip.Kept.Add(kept ??= scaler.Keep(frame));
                }
            }
            foreach (var one in open.Where(one => seconds >= one.Item.Span.EndS).ToList())
            {
                open.Remove(one);
                if (one.Item.Frames > 0)
                    yield return (one.Index, Request(one.Item), null);
            }
        }
        foreach (var (place, clip) in open.Where(one => one.Item.Frames > 0))
            yield return (place, Request(clip), clip.Span.EndS > end + 1 / fps ? end : null);

        CaptionRequest Request(OpenClip clip) => new(
            $"{Path.GetFileNameWithoutExtension(path)}@{clip.Start}-{clip.Start + clip.Frames}", clip.Kept.Count > 0 ? clip.Kept : [clip.First!], clip.Start, clip.Frames,
            text.Title, text.Description, text.SubtitlesBetween(clip.Span.StartS, clip.Span.EndS), fps);
    }
}
