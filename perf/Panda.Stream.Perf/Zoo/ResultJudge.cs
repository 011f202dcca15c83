using Panda.Stream.Shards;

namespace Panda.Stream.Perf.Zoo;

/// <summary>A candidate of a result, judged: such lines are what <c>models select --good</c> reads, and <c>calibrate</c>.</summary>
internal sealed record JudgedLine(string ClipId, string Teacher, string Video, double StartS, double EndS, string Caption, bool Good);

/// <summary>Judges the candidates of a result of rendered videos, by the truth.json beside these.</summary>
internal static class ResultJudge
{
    /// <exception cref="IOException">The folder holds no result, or there is no truth.json beside a video.</exception>
    public static IEnumerable<JudgedLine> Of(string folder)
    {
        var reader = ShardReader.Open(folder);
        var truths = new Dictionary<string, IReadOnlyDictionary<string, IReadOnlyList<TrueScene>>>();
        foreach (var clip in reader.Clips())
        {
            var (beside, video) = (Path.GetDirectoryName(clip.Source)!, Path.GetFileName(clip.Source));
            if (!truths.TryGetValue(beside, out var truth))
                truths.Add(beside, truth = TruthIn(beside, video));
            var facts = World.FactsIn(truth.GetValueOrDefault(video, []), clip.StartSeconds, clip.EndSeconds);
            foreach (var candidate in clip.Candidates.Where(candidate => candidate.Error is null))
                yield return new(clip.ClipId, candidate.Teacher, clip.Source, clip.StartSeconds, clip.EndSeconds, candidate.Caption, World.IsGood(candidate.Caption, facts));
        }
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<TrueScene>> TruthIn(string folder, string video)
    {
        var path = Path.Combine(folder, "truth.json");
        return File.Exists(path) ? World.Truth(path)
            : throw new FileNotFoundException($"{path}: found no such file, expected the truth of the rendered videos beside {video}; captions of other videos are for people to judge", path);
    }
}
