using Panda.Stream.Captioning;

namespace Panda.Stream.Selection;

/// <summary>Which of a clip's candidates becomes its caption.</summary>
public static class CaptionChoice
{
    /// <summary>The candidate with the best score; of equals the one that stands first. Null when none has a caption and a score.</summary>
    /// <param name="candidates">In the order of the teachers.</param>
    public static Candidate? Best(IEnumerable<Candidate> candidates) =>
        candidates.Where(candidate => candidate is { Error: null, Caption.Length: > 0, Score: not null }).MaxBy(candidate => candidate.Score);
}
