using Panda.Stream.Captioning;
using Panda.Stream.Videos;

namespace Panda.Stream.Selection.Calibration;

/// <summary>Scores of judged captions by a matcher.</summary>
/// <param name="Scored">Each caption's score and whether it is good, in the order of the file.</param>
/// <param name="Clips">How many clips they are of.</param>
/// <param name="Unfit">Captions that have no score, with the reason, by line.</param>
public sealed record JudgedScores(IReadOnlyList<(double Score, bool Good)> Scored, int Clips, IReadOnlyList<UnfitLine> Unfit)
{
    /// <summary>Scores every caption of a file of judgements. The captions of one clip are scored together, as candidates are in a run.</summary>
    /// <param name="path">JSON lines of <see cref="JudgedCaption"/>.</param>
    /// <param name="matcher">The matcher; it stays the caller's.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static JudgedScores Of(string path, Matcher matcher)
    {
        ArgumentNullException.ThrowIfNull(matcher);
        var unfit = new List<UnfitLine>();
        var scored = new SortedDictionary<int, (double, bool)>();
        var clips = 0;
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var video in JudgedLines.Captions(path, unfit).GroupBy(line => line.Judged.Video))
        {
            var judged = video.GroupBy(line => new ClipSpan(line.Judged.StartS, line.Judged.EndS)).ToList();
            var missing = judged.SelectMany(clip => clip).ToDictionary(line => line.Line, line => "found no frame in the clip, expected some: does the video end before?");
            try
            {
                foreach (var (place, clip, videoEnd) in ClipReader.Read(Path.GetFullPath(video.Key, folder), [.. judged.Select(one => one.Key)], Math.Max(matcher.PictureSize.Width, matcher.PictureSize.Height), ClipReader.KeptPerSecond))
                {
                    if (videoEnd is { } end)
                    {
                        foreach (var line in judged[place])
                            missing[line.Line] = FormattableString.Invariant($"found a clip from {line.Judged.StartS} to {line.Judged.EndS} s, expected its end at most at {end:0.###} s, where {video.Key} ends");
                        continue;
                    }
                    clips++;
                    var candidates = matcher.Score(clip, [.. judged[place].Select(line => new Candidate("", line.Judged.Caption, null, null))]);
                    foreach (var (line, candidate) in judged[place].Zip(candidates))
                    {
                        if (candidate.Score is { } score && missing.Remove(line.Line))
                            scored[line.Line] = (score, line.Judged.Good);
                        else
                            missing[line.Line] = candidate.Error!;
                    }
                }
            }
            catch (VideoException refused)
            {
                foreach (var line in missing.Keys.ToList())
                    missing[line] = refused.Message;
            }
            unfit.AddRange(missing.Select(line => new UnfitLine(line.Key, $"{path}({line.Key}): {line.Value}")));
        }
        return new([.. scored.Values], clips, [.. unfit.OrderBy(line => line.Line)]);
    }
}
