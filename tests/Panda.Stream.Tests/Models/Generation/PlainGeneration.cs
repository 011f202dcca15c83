using Panda.Stream.Models;
using Panda.Stream.Models.Generation;

namespace Panda.Stream.Tests.Models.Generation;

/// <summary>
/// What transformers' <c>generate</c> does with one prompt, written down in the plainest code (its 4.4x and later: LogitsProcessorList,
/// _sample, _beam_search, BeamSearchScorer, BeamHypotheses, MinNewTokensLength, TopK and TopP warpers). No cache, no batch, sorts for heaps.
/// </summary>
internal sealed class PlainGeneration(Func<IReadOnlyList<int>, float[]> next, GenerationCard card, IReadOnlyList<int> prompt, string identity)
{
    private int _drawn;

    public int[] Generate() => card.Beams == 1 ? One() : Beams();

    private int[] One()
    {
        var ids = new List<int>();
        while (ids.Count < card.MaxNew)
        {
            var scores = Process(next(ids).Select(score => (double)score).ToArray(), ids);
            var token = card.Sample ? Multinomial(Softmax(scores), 1)[0] : Array.IndexOf(scores, scores.Max());
            if (card.Eos.Contains(token))
                break;
            ids.Add(token);
            if (Stopped(ids) is { } length)
                return [.. ids.Take(length)];
        }
        return [.. ids];
    }

    private int[] Beams()
    {
        int beams = card.Beams, vocabulary = next([]).Length;
        var ids = Enumerable.Range(0, beams).Select(_ => new List<int>()).ToArray();
        double[] beamScores = [0, .. Enumerable.Repeat(-1e9, beams - 1)];
        var hypotheses = new List<(double Score, int[] Ids)>();
        var done = false;
        var generated = 0;
        while (!done && generated < card.MaxNew)
        {
            var all = new double[beams * vocabulary];
            for (var beam = 0; beam < beams; beam++)
            {
                var processed = Process(LogSoftmax(next(ids[beam])), ids[beam]);
                for (var token = 0; token < vocabulary; token++)
                    all[beam * vocabulary + token] = processed[token] + beamScores[beam];
            }
            var keep = Math.Max(2, 1 + card.Eos.Count) * beams;
            var chosen = card.Sample ? Multinomial(Softmax(all), keep) : [.. Enumerable.Range(0, all.Length).OrderByDescending(at => all[at]).Take(keep)];
            chosen = [.. chosen.OrderByDescending(at => all[at])];
            generated++;

            var nextIds = new List<List<int>>();
            var nextScores = new List<double>();
            for (var rank = 0; rank < chosen.Length && nextIds.Count < beams; rank++)
            {
                List<int> continued = [.. ids[chosen[rank] / vocabulary], chosen[rank] % vocabulary];
                if (card.Eos.Contains(continued[^1]) || Stopped(continued) is not null)
                {
                    if (rank < beams)
                        Add(all[chosen[rank]], [.. continued.Take(Stopped(continued) ?? continued.Count - 1)]);
                    continue;
                }
                nextIds.Add(continued);
                nextScores.Add(all[chosen[rank]]);
            }
            if (hypotheses.Count >= beams)
            {
                var length = card.EarlyStopping == EarlyStopping.Never && card.LengthPenalty > 0 ? card.MaxNew : generated;
                done = card.EarlyStopping == EarlyStopping.First || hypotheses.Min(hypothesis => hypothesis.Score) >= all[chosen[0]] / Math.Pow(length, card.LengthPenalty);
            }
            (ids, beamScores) = ([.. nextIds], [.. nextScores]);
        }
        if (!done)
            for (var beam = 0; beam < beams; beam++)
                Add(beamScores[beam], [.. ids[beam]]);
        return hypotheses.OrderBy(hypothesis => hypothesis.Score).Last().Ids;

        void Add(double sum, int[] text)
        {
            var score = sum / Math.Pow(generated, card.LengthPenalty);
            if (hypotheses.Count < beams || score > hypotheses.Min(hypothesis => hypothesis.Score))
            {
                hypotheses.Add((score, text));
                if (hypotheses.Count > beams)
                    hypotheses.Remove(hypotheses.OrderBy(hypothesis => hypothesis.Score).First());
            }
        }
    }

    private int? Stopped(List<int> ids) => ids.Count <= card.MinNew ? null
        : card.StopIds.Where(stop => ids.Count >= stop.Count && stop.SequenceEqual(ids[^stop.Count..])).Select(stop => (int?)(ids.Count - stop.Count)).FirstOrDefault();

    private double[] Process(double[] scores, List<int> ids)
    {
        scores = [.. scores];
        foreach (var id in prompt.Concat(ids).ToHashSet())
            scores[id] = scores[id] < 0 ? scores[id] * card.Repetition : scores[id] / card.Repetition;
        if (ids.Count < card.MinNew)
            foreach (var end in card.Eos)
                scores[end] = double.NegativeInfinity;
        if (!card.Sample)
            return scores;
        var least = card.Beams > 1 ? card.Eos.Count + 1 : 1;
        scores = [.. scores.Select(score => score / card.Temperature)];
        if (card.TopK is { } k)
        {
            var border = scores.OrderDescending().ElementAt(Math.Min(Math.Max(k, least), scores.Length) - 1);
            scores = [.. scores.Select(score => score < border ? double.NegativeInfinity : score)];
        }
        if (card.TopP < 1)
        {
            var probabilities = Softmax(scores);
            var ascending = Enumerable.Range(0, scores.Length).OrderBy(token => scores[token]).ToArray();
            var cumulative = 0.0;
            for (var i = 0; i < ascending.Length - least; i++)
                if ((cumulative += probabilities[ascending[i]]) <= 1 - (double)card.TopP)
                    scores[ascending[i]] = double.NegativeInfinity;
        }
        return scores;
    }

    private static double[] LogSoftmax(float[] scores)
    {
        var largest = scores.Max();
        var log = Math.Log(scores.Sum(score => Math.Exp(score - largest)));
        return [.. scores.Select(score => score - largest - log)];
    }

    private static double[] Softmax(double[] scores)
    {
        var largest = scores.Max();
        var sum = scores.Sum(score => Math.Exp(score - largest));
        return [.. scores.Select(score => Math.Exp(score - largest) / sum)];
    }

    /// <summary>Without putting back; the uniform numbers are those that the row's name gives.</summary>
    private int[] Multinomial(double[] probabilities, int count)
    {
        var drawn = new List<int>();
        var left = probabilities.ToArray();
        while (drawn.Count < count && left.Any(p => p > 0))
        {
            var wanted = StableHash.Unit($"{identity}#{_drawn++}") * left.Sum();
            var at = 0;
            for (var sum = left[0]; sum <= wanted && at < left.Length - 1; sum += left[++at])
            {
            }
            drawn.Add(at);
            left[at] = 0;
        }
        return [.. drawn];
    }
}
