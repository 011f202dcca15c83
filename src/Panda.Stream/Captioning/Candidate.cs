namespace Panda.Stream.Captioning;

/// <summary>What one teacher proposed for one clip: a caption, or the error that kept it from one; the matcher adds the score.</summary>
/// <param name="NamesReplaced">Names of persons in the caption for which "person" stands now.</param>
public sealed record Candidate(string Teacher, string Caption, float? Score, string? Error, int NamesReplaced = 0)
{
    /// <summary>False where the teacher was not asked, since it had failed on so many clips and never answered.</summary>
    public bool Asked { get; init; } = true;

    internal static Candidate NotAsked(string teacher, int clips) =>
        new(teacher, "", null, $"{teacher} was not asked: found no answer to any of {Plural.Of(clips, "clip")} before (caption.give_up_after)") { Asked = false };
}
