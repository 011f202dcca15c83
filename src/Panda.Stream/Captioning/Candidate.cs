namespace Panda.Stream.Captioning;

/// <summary>What one teacher proposed for one clip: a caption, or the error that kept it from one; the matcher adds the score.</summary>
/// <param name="NamesReplaced">Names of persons in the caption for which "person" stands now.</param>
public sealed record Candidate(string Teacher, string Caption, float? Score, string? Error, int NamesReplaced = 0);
