using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Selection;

namespace Panda.Stream.Graph;

/// <summary>What a model made of one clip, and every call that it took.</summary>
/// <param name="Identity">Of the model.</param>
/// <param name="Result">In words.</param>
/// <param name="IsGood">Whether it is a result and no error.</param>
/// <param name="Calls">In order.</param>
public sealed record ModelTrial(string Identity, string Result, bool IsGood, IReadOnlyList<SessionCall> Calls)
{
    /// <summary>Opens every session of a model, holds its tensors against the card and runs one clip through it.</summary>
    /// <param name="card">The model's card.</param>
    /// <param name="clip">The clip.</param>
    /// <param name="threads">Threads of each call.</param>
    /// <exception cref="ModelCardException">With every mistake that was found.</exception>
    public static ModelTrial Run(string card, CaptionRequest clip, int threads)
    {
        var calls = new List<SessionCall>();
        var loaded = LoadedCard.Load(card);
        var pool = new SessionPool(new ModelOptions { IntraOpThreads = threads, Called = calls.Add });
        switch (loaded.Card.Kind)
        {
            case ModelKind.Embedder:
                using (var embedder = new Embedder(loaded, pool))
                    return new(embedder.Identity, $"vectors of {embedder.Embed(clip.Kept)[0].Length} numbers", true, calls);
            case ModelKind.Features:
                using (var features = new FeatureExtractor(loaded, pool))
                {
                    var made = features.Extract([clip.Kept[0], clip.Kept[^1]]);
                    return new(features.Identity, $"distance of the first and the last frame {features.Distance.Between(made[0], made[1]):0.0000}", true, calls);
                }
            case ModelKind.Teacher:
                using (var teacher = new Teacher(loaded, pool))
                {
                    var candidate = teacher.Caption([clip])[0];
                    return new(teacher.Identity, candidate.Error ?? candidate.Caption, candidate.Error is null, calls);
                }
            default:
                using (var matcher = new Matcher(loaded, pool))
                {
                    string[] captions = ["A red ball rolls to the left.", "A cat sleeps on a chair."];
                    var scored = matcher.Score(clip, [.. captions.Select(caption => new Candidate("", caption, null, null))]);
                    return new(matcher.Identity, string.Join("; ", scored.Select(candidate => candidate.Error ?? $"{candidate.Score:0.0000} for \"{candidate.Caption}\"")), scored.All(candidate => candidate.Error is null), calls);
                }
        }
    }
}
