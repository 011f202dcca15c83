using System.Text.Json.Serialization;

namespace Panda.Stream.Captioning;

/// <summary>What one teacher proposed for one clip: a caption, or the error that kept it from one; the matcher adds the score.</summary>
/// <param name="NamesReplaced">Names of persons in the caption for which "person" stands now.</param>
public sealed record Candidate(string Teacher, string Caption, float? Score, string? Error, int NamesReplaced = 0)
{
    private const string Key = "(caption.give_up_after)";

    /// <summary>The candidate of a teacher that was not asked, since it had failed on so many clips and never answered.</summary>
    internal static Candidate NotAsked(string teacher, int clips) =>
        new(teacher, "", null, $"{teacher} was not asked: found no answer to any of {clips} clips before {Key}");

    [JsonIgnore]
    public bool WasNotAsked => Error?.EndsWith(Key, StringComparison.Ordinal) ?? false;
}
