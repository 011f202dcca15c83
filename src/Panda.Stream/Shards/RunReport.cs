using System.Text.Json;
using Panda.Stream.Models.Calls;
using Panda.Stream.Models.Devices;
using Panda.Stream.Native.Files;
using Panda.Stream.Shards.Ledger;

namespace Panda.Stream.Shards;

/// <summary>What a run did, in figures: <c>run.json</c>, written when all shards are.</summary>
public sealed record RunReport
{
    public const string FileName = "run.json";

    // Warnings make up most of it: a million of them still fit.
    private const int MostBytes = 256 << 20;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public required string Version { get; init; }
    public required string PipelineHash { get; init; }

    /// <summary>In UTC.</summary>
    public required DateTime Started { get; init; }

    /// <summary>In UTC.</summary>
    public required DateTime Finished { get; init; }

    /// <summary>The user stopped it: some videos wait for the same command to go on.</summary>
    public bool Interrupted { get; init; }

    /// <summary>False where clips were made without captions.</summary>
    public bool Captioned { get; init; } = true;

    /// <summary>How the videos were split.</summary>
    public SplitRecord? Split { get; init; }

    public required VideoCounts Videos { get; init; }

    /// <summary>Files of the input that were no videos by name and so were never counted in.</summary>
    public int InputsIgnored { get; init; }

    public required SegmentCounts Segments { get; init; }
    public required ClipCounts Clips { get; init; }

    /// <summary>Filtered clips by the key below <c>select</c> that asked for it.</summary>
    public IReadOnlyDictionary<string, int> FilteredBy { get; init; } = new Dictionary<string, int>();

    /// <summary>Names of persons for which "person" stands in the captions of rows.</summary>
    public int NamesReplaced { get; init; }

    public required IReadOnlyDictionary<string, TeacherCounts> Teachers { get; init; }

    /// <summary>From start to end, on the clock.</summary>
    public required double Seconds { get; init; }

    /// <summary>Length of the videos that were done.</summary>
    public required double VideoSeconds { get; init; }

    public double ClipsPerSecond => Seconds > 0 ? Clips.Rows / Seconds : 0;

    public double VideoHoursPerHour => Seconds > 0 ? VideoSeconds / Seconds : 0;

    /// <summary>What was wrong and could be passed over: broken side files, damage in videos.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How the calls of each model went, by its name.</summary>
    public IReadOnlyDictionary<string, ModelCallCounts> ModelCalls { get; init; } = new Dictionary<string, ModelCallCounts>();

    /// <summary>What each device of <c>resources.devices</c> did; none where that is auto.</summary>
    public IReadOnlyList<DeviceCounts> Devices { get; init; } = [];

    /// <summary>Versions of the engines, by name.</summary>
    public IReadOnlyDictionary<string, string> Engines { get; init; } = new Dictionary<string, string>();

    /// <summary>What went in and did not come out exactly once, by name.</summary>
    public IReadOnlyList<string> Lost { get; init; } = [];

    /// <summary>Whether all that went in came out; each answer is one thing that was lost or doubled, or one sum that does not hold, in words. None: all is there.</summary>
    public IReadOnlyList<string> Mismatches() => [.. Lost, .. Conservation.Check(this)];

    /// <summary>How many rows the shards of a table hold.</summary>
    internal long RowsOf(string table) =>
        table == ShardTables.Clips.Folder ? Clips.Rows
        : table == ShardTables.Filtered.Folder ? Clips.Filtered
        : table == ShardTables.Segments.Folder ? Segments.Total
        : Videos.Failed + Clips.Failed;

    /// <summary>The figures of a run as the sum of what came of its videos.</summary>
    internal static RunReport Sum(IReadOnlyList<LedgerVideo> videos, IReadOnlyList<string> lost)
    {
        var accounts = videos.Select(video => video.Account).OfType<VideoAccount>().ToList();
        int States(VideoState state) => videos.Count(video => video.State == state);
        return new()
        {
            Version = "",
            PipelineHash = "",
            Started = default,
            Finished = default,
            Seconds = 0,
            Interrupted = States(VideoState.Waiting) > 0,
            Videos = new(videos.Count, States(VideoState.Done), States(VideoState.Failed), States(VideoState.Waiting)),
            Segments = new(
                accounts.Sum(account => account.Segments), accounts.Sum(account => account.SegmentsInClips), accounts.Sum(account => account.Drops.Values.Sum()),
                ByKey(account => account.Drops)),
            Clips = new(
                accounts.Sum(account => account.Clips), accounts.Sum(account => account.Captioned), accounts.Sum(account => account.Rows),
                accounts.Sum(account => account.Filtered), accounts.Sum(account => account.FailedClips)),
            Teachers = new SortedDictionary<string, TeacherCounts>(accounts.SelectMany(account => account.Teachers).GroupBy(teacher => teacher.Key).ToDictionary(counts => counts.Key, counts => new TeacherCounts(
                counts.Sum(count => count.Value.Candidates), counts.Sum(count => count.Value.Chosen), counts.Sum(count => count.Value.Errors), counts.Sum(count => count.Value.NotAsked))), StringComparer.Ordinal),
            VideoSeconds = accounts.Sum(account => account.Seconds),
            Warnings = [.. accounts.SelectMany(account => account.TextWarnings.Concat(account.Warnings))],
            FilteredBy = ByKey(account => account.FilteredBy),
            NamesReplaced = accounts.Sum(account => account.NamesReplaced),
            Lost = lost,
        };

        SortedDictionary<string, int> ByKey(Func<VideoAccount, IReadOnlyDictionary<string, int>> counts) => new(
            accounts.SelectMany(counts).GroupBy(count => count.Key).ToDictionary(same => same.Key, same => same.Sum(count => count.Value)), StringComparer.Ordinal);
    }

    /// <summary>Writes it to a claimed folder, whole or not at all.</summary>
    /// <exception cref="IOException">With path and reason.</exception>
    public void Write(OutputFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.Combine(folder.Path, FileName);
        try
        {
            DurableFile.Write(path, temporary => File.WriteAllText(temporary, JsonSerializer.Serialize(this, Json) + "\n"));
        }
        catch (Exception reason) when (reason is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: could not write the report of the run: {reason.Message} (the shards are complete and can be read)", reason);
        }
    }

    /// <summary>The report that lies in a folder.</summary>
    /// <exception cref="InvalidDataException">It is not a report that this version can read.</exception>
    public static RunReport Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return JsonSerializer.Deserialize<RunReport>(RegularFile.ReadAll(path, MostBytes), Json)
                ?? throw new JsonException("found null");
        }
        catch (JsonException reason)
        {
            throw new InvalidDataException($"{path}: found no report of a run: {reason.Message}", reason);
        }
    }
}

/// <summary>Videos taken in, done to the end, failed, and those that wait for the run to go on.</summary>
public sealed record VideoCounts(int In, int Done, int Failed, int Waiting = 0);

/// <summary>Segments cut, in clips, dropped, and dropped by reason.</summary>
public sealed record SegmentCounts(int Total, int InClips, int Dropped, IReadOnlyDictionary<string, int> Drops);

/// <summary>Clips made, and of them: captioned (each teacher answered), written as rows, filtered out, failed.</summary>
public sealed record ClipCounts(int In, int Captioned, int Rows, int Filtered, int Failed);

/// <summary>One teacher's candidates, how many of them were chosen, how many were errors, and of how many of these it was not even asked, since it had never answered.</summary>
public sealed record TeacherCounts(int Candidates, int Chosen, int Errors, int NotAsked = 0);
