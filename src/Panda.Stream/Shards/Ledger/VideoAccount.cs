using System.Text.Json.Serialization;

namespace Panda.Stream.Shards.Ledger;

/// <summary>How a video of a run stands.</summary>
public enum VideoState
{
    /// <summary>Not all of it is in the ledger: the run takes it up when it goes on.</summary>
    Waiting,

    Done,

    /// <summary>It broke off or could not be opened; <c>failed/</c> says where and why.</summary>
    Failed,
}

/// <summary>A video as the ledger lists it.</summary>
/// <param name="Ordinal">Its place in the input, which is its place in the result.</param>
/// <param name="Content">What tells its content from another: see <see cref="Videos.InputContent"/>.</param>
/// <param name="Text">The same of the files beside it.</param>
/// <param name="Account">What came of it; null while it waits.</param>
public sealed record LedgerVideo(int Ordinal, string Id, string Path, string Content, string Text, VideoState State, VideoAccount? Account);

/// <summary>What came of one video, in figures.</summary>
public sealed record VideoAccount
{
    public int Frames { get; init; }

    /// <summary>Seconds of video.</summary>
    public double Seconds { get; init; }

    /// <summary>Its pts are as the file has them and nothing in it was damaged, so that a frame can be found again by its pts.</summary>
    public bool IsSeekable { get; init; }

    /// <summary>Fewer frames a second were kept than the configuration says, for want of memory.</summary>
    public bool IsThinned { get; init; }

    public int Segments { get; init; }
    public int SegmentsInClips { get; init; }
    public IReadOnlyDictionary<string, int> Drops { get; init; } = new Dictionary<string, int>();

    /// <summary>Clips that stage 2 let pass.</summary>
    public int Clips { get; init; }

    public int Captioned { get; init; }
    public int Rows { get; init; }
    public int Filtered { get; init; }
    public int FailedClips { get; init; }

    /// <summary>Filtered clips by filter.</summary>
    public IReadOnlyDictionary<string, int> FilteredBy { get; init; } = new Dictionary<string, int>();

    public int NamesReplaced { get; init; }
    public IReadOnlyDictionary<string, TeacherCounts> Teachers { get; init; } = new Dictionary<string, TeacherCounts>();

    /// <summary>Candidates that are errors, those of teachers that were not asked among them.</summary>
    [JsonIgnore]
    public int Unanswered => Teachers.Values.Sum(teacher => teacher.Errors);

    /// <summary>What was passed over while it was decoded.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was wrong in the files beside it.</summary>
    public IReadOnlyList<string> TextWarnings { get; init; } = [];
}

/// <summary>The end of a video as the graph tells it: what was counted where things went in.</summary>
/// <param name="Failure">Its row of <c>failed/</c>; null when it is done.</param>
/// <param name="Segments">Segments cut.</param>
/// <param name="Clips">Clips made.</param>
public sealed record VideoEnd(
    int Ordinal, string VideoId, FailedRow? Failure, int Segments, int Clips, int Frames, double Seconds, bool IsSeekable,
    IReadOnlyList<string> Warnings, IReadOnlyList<string> TextWarnings)
{
    /// <inheritdoc cref="VideoAccount.IsThinned"/>
    public bool IsThinned { get; init; }
}
