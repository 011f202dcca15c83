using Panda.Stream.Captioning;
using Panda.Stream.Native;

namespace Panda.Stream.Shards;

/// <summary>One captioned clip: a row of <c>clips/</c>. What each value means stands in <see cref="ShardTables"/>.</summary>
public sealed record ClipRow
{
    public required string ClipId { get; init; }
    public required string VideoId { get; init; }
    public required string Source { get; init; }
    public required int StartFrame { get; init; }
    public required int EndFrame { get; init; }
    public required double StartSeconds { get; init; }
    public required double EndSeconds { get; init; }
    public required long StartPts { get; init; }
    public required long EndPts { get; init; }
    public required Rational TimeBase { get; init; }
    public required string Timestamp { get; init; }
    public required double Fps { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>The chosen candidate's text; null for a clip that was filtered out before a choice, and where clips were made without captions.</summary>
    public string? Caption { get; init; }

    public string? CaptionTeacher { get; init; }
    public float? MatchingScore { get; init; }

    /// <summary>One for each teacher: a caption or the error in its place.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    public required string Title { get; init; }
    public required string Description { get; init; }
    public required string Subtitles { get; init; }
    public required double InsideDistance { get; init; }
    public required double MotionDistance { get; init; }
    public double? MaxRunningLpips { get; init; }
    public int DamagedFrames { get; init; }
    public required ModelIdentities Models { get; init; }

    /// <summary>Names of persons in the caption for which "person" stands now.</summary>
    public int NamesReplaced { get; init; }

    /// <summary>Names a clip in the whole result, by its number in its video.</summary>
    public static string IdOf(string videoId, int clip) => $"{videoId}-{clip:00000}";
}

/// <summary>Which models made a row: name and version or hash, as their cards give them.</summary>
public sealed record ModelIdentities(string Embedder, string Matcher, IReadOnlyList<string> Teachers);
