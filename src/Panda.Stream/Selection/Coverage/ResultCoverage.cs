using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models;
using Panda.Stream.Selection.Calibration;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Selection.Coverage;

/// <summary>The clips of a result that each of its teachers covers with a good caption.</summary>
/// <param name="Clips">Clips that are looked at.</param>
/// <param name="Covered">The ids of the clips that each teacher covers.</param>
/// <param name="Rule">When a candidate covers its clip, in words.</param>
/// <param name="Unjudged">Candidates of the clips that nobody has judged; they cover nothing.</param>
public sealed record ResultCoverage(int Clips, IReadOnlyDictionary<string, IReadOnlySet<string>> Covered, string Rule, int Unjudged)
{
    /// <summary>By judgements: only clips of which a candidate was judged are looked at.</summary>
    /// <param name="folder">The output folder of a run.</param>
    /// <param name="judged">JSON lines of <see cref="JudgedCandidate"/>.</param>
    /// <param name="unfit">Takes lines that are none, contradict each other, or are about clips or teachers that the result does not have.</param>
    /// <exception cref="IOException">The result or the file cannot be read.</exception>
    public static ResultCoverage ByJudgements(string folder, string judged, ICollection<UnfitLine> unfit)
    {
        ArgumentNullException.ThrowIfNull(unfit);
        var verdicts = new Dictionary<(string Clip, string Teacher), (int Line, bool Good)>();
        foreach (var about in JudgedLines.Candidates(judged, unfit).GroupBy(line => (line.Judged.ClipId, line.Judged.Teacher)))
        {
            if (about.Select(line => line.Judged.Good).Distinct().Count() == 1)
                verdicts[about.Key] = (about.First().Line, about.First().Judged.Good);
            else
                foreach (var (line, judgement) in about)
                    unfit.Add(new(line, $"{judged}({line}): found good: {(judgement.Good ? "true" : "false")} of '{judgement.Teacher}' for clip '{judgement.ClipId}', expected the same in lines {string.Join(", ", about.Select(one => one.Line))}"));
        }
        var clips = verdicts.Keys.Select(key => key.Clip).ToHashSet(StringComparer.Ordinal);
        var (seen, unjudged) = (new HashSet<(string, string)>(), 0);
        var coverage = Of(folder, $"it is judged good in {judged}", clips.Contains, (clip, candidate) =>
        {
            seen.Add((clip, candidate.Teacher));
            unjudged += verdicts.ContainsKey((clip, candidate.Teacher)) ? 0 : 1;
            return verdicts.TryGetValue((clip, candidate.Teacher), out var verdict) && verdict.Good;
        });
        foreach (var (key, (line, _)) in verdicts.Where(verdict => !seen.Contains(verdict.Key)))
            unfit.Add(new(line, $"{judged}({line}): found no candidate of '{key.Teacher}' for clip '{key.Clip}' in {folder}, expected one"));
        return coverage with { Unjudged = unjudged };
    }

    /// <summary>By the matching score.</summary>
    /// <param name="folder">The output folder of a run.</param>
    /// <param name="minScore">The score from which a candidate covers its clip; null takes the threshold of the card of the run's matcher.</param>
    /// <param name="models">The folder in which that card lies; null takes the run's.</param>
    /// <exception cref="IOException">The result cannot be read, or it does not say its matcher.</exception>
    /// <exception cref="ModelCardException">The matcher's card cannot be read.</exception>
    public static ResultCoverage ByScore(string folder, double? minScore, string? models = null)
    {
        if (minScore is { } least)
            return Of(folder, FormattableString.Invariant($"its matching score is at least {least}"), _ => true, (_, candidate) => candidate.Score >= least);
        var config = RunLedger.CallOf(folder).Config;
        var path = Path.Combine(models ?? config.Models, config.Select.Matcher, "card.yaml");
        var card = YamlBinder.Load<ModelCard>(path);
        if (card.Value?.Score?.Threshold is not { } threshold)
            throw new ModelCardException([.. card.Diagnostics, new(card.Locations["score"], DiagnosticCode.UnfitModel, "found no threshold of the run's matcher, expected one (calibrate finds it); a least score can be given instead")]);
        return Of(folder, FormattableString.Invariant($"its matching score is at least {threshold}, the threshold of {config.Select.Matcher}"), _ => true, (_, candidate) => candidate.Score >= threshold);
    }

    private static ResultCoverage Of(string folder, string rule, Func<string, bool> isWanted, Func<string, Candidate, bool> covers)
    {
        var covered = new SortedDictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        var count = 0;
        var reader = ShardReader.Open(folder);
        foreach (var (clip, candidates) in Candidates(reader).Where(clip => clip.Candidates.Count > 0 && isWanted(clip.ClipId)))
        {
            count++;
            foreach (var candidate in candidates)
            {
                if (!covered.TryGetValue(candidate.Teacher, out var clips))
                    covered.Add(candidate.Teacher, clips = new HashSet<string>(StringComparer.Ordinal));
                if (covers(clip, candidate))
                    ((HashSet<string>)clips).Add(clip);
            }
        }
        return new(count, covered, rule, 0);
    }

    /// <summary>Whatever became of a clip, what the teachers said of it counts.</summary>
    private static IEnumerable<(string ClipId, IReadOnlyList<Candidate> Candidates)> Candidates(ShardReader reader) =>
        reader.Clips().Select(clip => (clip.ClipId, clip.Candidates))
            .Concat(reader.Filtered().Select(filtered => (filtered.Clip.ClipId, filtered.Clip.Candidates)))
            .Concat(reader.Failed().Where(failed => failed.Kind == FailedKind.Clip).Select(failed => (failed.Id, failed.Candidates ?? [])));
}
