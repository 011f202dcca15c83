namespace Panda.Stream.Captioning;

/// <summary>What one teacher proposed for one clip: a caption, or the error that kept it from one; the matcher adds the score.</summary>
public sealed record Candidate(string Teacher, string Caption, float? Score, string? Error);
