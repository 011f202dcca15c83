using System.Globalization;
using System.Text.Json.Nodes;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Videos;

namespace Panda.Stream.Shards.Ledger;

/// <summary>What a run finds to do in its output folder.</summary>
/// <param name="IsComplete">Everything is done and nothing has changed.</param>
/// <param name="Notes">What to tell the user before it starts.</param>
public sealed record RunPlan(bool IsComplete, IReadOnlyList<string> Notes);

/// <summary>How a run was called.</summary>
/// <param name="Config">Its configuration.</param>
/// <param name="Reproduction">Its command, for one input; null where no command made it.</param>
public sealed record RecordedCall(PipelineConfig Config, Reproduction? Reproduction);

/// <summary>
/// The ledger of an output folder, <c>ledger.sqlite</c>: every video of the run in the order of the input, how it stands, the rows
/// that do not lie in a full shard yet, and which shards are sealed. It decides what a run still has to do.
/// </summary>
public sealed class RunLedger : IDisposable
{
    private const int ChangesShown = 4;

    private readonly OutputFolder _folder;

    private RunLedger(OutputFolder folder, LedgerFile file) => (_folder, File) = (folder, file);

    internal LedgerFile File { get; private set; }

    /// <summary>Videos in order, those that could not be taken in at the end.</summary>
    public IReadOnlyList<LedgerVideo> Videos { get; private set; } = [];

    /// <summary>Number of this start among all of this result.</summary>
    internal int Run { get; private set; }

    public RunPlan Plan { get; private set; } = new(false, []);

    /// <summary>Opens the folder's ledger, or begins one, and finds out what is left to do; an earlier result that differs moves to <c>.earlier</c>.</summary>
    /// <param name="folder">The claimed output folder.</param>
    /// <param name="config">What the run is to do, for <c>retry</c> to read.</param>
    /// <param name="identity">What its rows depend on.</param>
    /// <param name="inputs">The videos.</param>
    /// <param name="failed">The rows of those inputs that cannot be videos, in their order.</param>
    /// <param name="reproduction">The command that it comes from, for <c>retry</c>, too.</param>
    /// <param name="retry">Take up again what failed, candidates that are errors among it.</param>
    /// <exception cref="LedgerException">The ledger cannot be used.</exception>
    public static RunLedger Open(OutputFolder folder, PipelineConfig config, RunIdentity identity, VideoInputs inputs, IReadOnlyList<FailedRow> failed, Reproduction? reproduction = null, bool retry = false)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(inputs);
        EarlierFolder.FinishMove(folder.Path);
        var ledger = new RunLedger(folder, LedgerFile.Open(folder.Path, create: true));
        try
        {
            ledger.Prepare(new(config, reproduction), identity, Asked(config, inputs), failed, retry);
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>How the run was called whose result lies in a folder.</summary>
    /// <exception cref="LedgerException">There is no ledger.</exception>
    public static RecordedCall CallOf(string folder)
    {
        using var file = OpenExisting(folder);
        var bound = PipelineFile.Parse(file.Path, Meta(file, "config") ?? "", []);
        return bound.Value is { } config
            ? new(config with { Output = Path.GetFullPath(folder) }, Meta(file, "reproduction") is { } text ? RowText.To<Reproduction>(text) : null)
            : throw new LedgerException(string.Join('\n', bound.Diagnostics));
    }

    /// <summary>Keeps the sizes of the last shards, which are not sealed, so that it is noticed when they change.</summary>
    internal static void KeepRest(LedgerFile file, IReadOnlyList<(string Path, long Bytes)> written)
    {
        file.Write("INSERT OR REPLACE INTO meta (key, value) VALUES ('rest', $1)", RowText.Of(written.ToDictionary(shard => Path.GetRelativePath(Path.GetDirectoryName(file.Path)!, shard.Path), shard => shard.Bytes)));
        file.Commit();
    }

    /// <summary>Whether a folder holds the ledger of a run.</summary>
    public static bool IsIn(string folder) => LedgerFile.IsIn(folder);

    /// <summary>How each video of the run in a folder stands now.</summary>
    internal static IReadOnlyList<VideoState> States(string folder)
    {
        using var file = OpenExisting(folder);
        return file.Read($"SELECT {VideoColumns} FROM videos ORDER BY ordinal", row => VideoOf(row).State);
    }

    internal static LedgerFile OpenExisting(string folder)
    {
        if (!LedgerFile.IsIn(folder))
            throw new LedgerException($"{folder}: found no {LedgerFile.Name} in it, expected the output folder of a run");
        return LedgerFile.Open(folder, create: false);
    }

    internal static RunIdentity? IdentityOf(LedgerFile file) =>
        Meta(file, "identity") is { } text ? new(RowText.To<SortedDictionary<string, string>>(text)) : null;

    internal static LedgerVideo VideoOf(Microsoft.Data.Sqlite.SqliteDataReader row) => new(
        row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), Enum.Parse<VideoState>(row.GetString(5), ignoreCase: true),
        row.IsDBNull(6) ? null : RowText.To<VideoAccount>(row.GetString(6)));

    internal const string VideoColumns = "ordinal, id, path, content, text, state, account";

    public void Dispose() => File.Dispose();

    private void Prepare(RecordedCall call, RunIdentity identity, List<LedgerVideo> asked, IReadOnlyList<FailedRow> failed, bool retry)
    {
        if (IdentityOf(File) is not { } recorded)
        {
            Begin(call, identity, asked, failed);
            Plan = new(false, []);
            return;
        }
        Videos = File.Read($"SELECT {VideoColumns} FROM videos ORDER BY ordinal", VideoOf);
        SealedShards.Check(_folder.Path, File);
        var limits = LimitsOf(call.Config);
        var isLimited = Meta(File, "limits") is { } before && before != limits
            && Videos.Any(video => video.State == VideoState.Failed || video.Account is { FailedClips: > 0 } or { IsThinned: true } or { Unanswered: > 0 });
        var changes = identity.ChangesSince(recorded);
        var inputs = InputChanges(Videos, asked);
        var finished = Videos.Count(video => video.State != VideoState.Waiting);
        var failures = FailuresOf(Videos);
        if (changes.Count == 0 && inputs.Length == 0 && !(retry && failures.Length > 0) && !isLimited)
        {
            var isComplete = finished == Videos.Count && ExistingResult.In(_folder.Path).Report is not null && HasAllShards();
            Plan = new(isComplete, isComplete ? [retry ? "nothing to retry: no video or clip of this run failed, every teacher answered, and nothing waits"
                    : $"nothing to do: every video of this run is done or failed, and nothing has changed since; `panda retry` takes up again {(failures.Length > 0 ? failures : "what failed")}, --overwrite everything"]
                : [$"going on with the run in {_folder.Path}: {Plural.Of(finished, "video")} of {Videos.Count} finished", .. RestDamage()]);
            if (!isComplete)
                GoOn();
            return;
        }
        var notes = new List<string>();
        if (changes.Count > 0)
            notes.Add($"changed since the result in {_folder.Path}: {string.Join("; ", changes.Take(ChangesShown))}{(changes.Count > ChangesShown ? $" and {changes.Count - ChangesShown} more" : "")}: {identity.WorkSince(recorded)}");
        if (inputs.Length > 0)
            notes.Add($"videos changed since the result in {_folder.Path}: {inputs}; the others are taken from it");
        if (isLimited)
            notes.Add("resources.memory, a deadline, decode.process_memory_mb or caption.give_up_after has changed since: what had failed, was not answered or made do with fewer frames is taken up again, the rest is taken from the result");
        if (retry)
            notes.Add($"taking up again {failures}{(finished < Videos.Count ? $", going on with {Plural.Of(Videos.Count - finished, "video")} that wait" : "")}; the rest is taken from the result");
        File.Dispose();
        EarlierFolder.Move(_folder.Path);
        File = LedgerFile.Open(_folder.Path, create: true);
        // What was decided about a video that is taken over was decided then.
        File.Borrow(EarlierFolder.All(_folder.Path)[0], "INSERT INTO events SELECT * FROM earlier.events");
        Begin(call, identity, asked, failed);
        Plan = new(false, notes);
    }

    private void Begin(RecordedCall call, RunIdentity identity, List<LedgerVideo> asked, IReadOnlyList<FailedRow> failed)
    {
        File.Write("INSERT INTO meta (key, value) VALUES ('identity', $1), ('config', $2), ('limits', $3)",
            RowText.Of(identity.Values), YamlBinder.ToJson(call.Config).ToJsonString(), LimitsOf(call.Config));
        if (call.Reproduction is { } reproduction)
            File.Write("INSERT INTO meta (key, value) VALUES ('reproduction', $1)", RowText.Of(reproduction));
        foreach (var video in asked)
            File.Write($"INSERT INTO videos ({VideoColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                video.Ordinal, video.Id, video.Path, video.Content, video.Text, Names.Of(video.State.ToString()), video.Account is { } account ? RowText.Of(account) : null);
        foreach (var (i, row) in failed.Index())
            File.Write(LedgerWriter.InsertRow, ShardTables.Failed.Folder, asked.Count - failed.Count + i, LedgerWriter.VideoItself, 0, RowText.Of(row));
        Videos = asked;
        GoOn();
    }

    /// <summary>Whether its shards, which are known to be sealed or the last ones, are all that there are, each of the size that was written.</summary>
    private bool HasAllShards() =>
        Rest() is { } rest && RestDamage().Count == 0 && ShardTables.Folders.Sum(table => ExistingResult.ShardsOf(_folder.Path, table).Count()) == SealedShards.Of(_folder.Path, File).Count + rest.Count;

    /// <summary>The last shards, which are not sealed, with the bytes that were written; null before a run has come to them.</summary>
    private Dictionary<string, long>? Rest() => Meta(File, "rest") is { } text ? RowText.To<Dictionary<string, long>>(text) : null;

    /// <summary>What became of the last shards since a run ended, in words.</summary>
    private List<string> RestDamage() => ExistingResult.In(_folder.Path).HasReport && Rest() is { } rest
        ? [.. from shard in rest
              let path = Path.Combine(_folder.Path, shard.Key)
              where SealedShards.SizeOf(path) != shard.Value
              select $"{SealedShards.Differs(path, shard.Value)} that the run wrote; it is written again from {File.Path}"]
        : [];

    /// <summary>What a retry takes up again, in words; empty where there is nothing.</summary>
    private static string FailuresOf(IReadOnlyList<LedgerVideo> videos)
    {
        var accounts = videos.Select(video => video.Account).OfType<VideoAccount>().ToList();
        return string.Join(", ", new[]
        {
            (videos.Count(video => video.State == VideoState.Failed), "failed video"),
            (accounts.Sum(account => account.FailedClips), "failed clip"),
            (accounts.Sum(account => account.Unanswered), "unanswered candidate"),
        }.Where(failure => failure.Item1 > 0).Select(failure => Plural.Of(failure.Item1, failure.Item2)));
    }

    /// <summary>What can make a video, a clip or a candidate fail, or be given less, that would not otherwise.</summary>
    private static string LimitsOf(PipelineConfig config) => new JsonArray(
        JsonValue.Create(config.Resources.Memory?.Bytes), JsonValue.Create(config.Decode.ProcessMemoryMb), JsonValue.Create(config.Caption.GiveUpAfter), YamlBinder.ToJson(config)["deadlines"]?.DeepClone()).ToJsonString();

    private void GoOn()
    {
        System.IO.File.Delete(Path.Combine(_folder.Path, RunReport.FileName));
        File.Write("INSERT INTO runs (began, seconds) VALUES ($1, 0)", DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        Run = File.Read("SELECT max(run) FROM runs", row => row.GetInt32(0))[0];
        File.Commit();
    }

    private static string? Meta(LedgerFile file, string key) => file.Read("SELECT value FROM meta WHERE key = $1", row => row.GetString(0), key).FirstOrDefault();

    private static List<LedgerVideo> Asked(PipelineConfig config, VideoInputs inputs)
    {
        var videos = inputs.Videos.Select((video, ordinal) =>
        {
            var (content, text) = InputContent.Of(video.Path, config.InputIdentity);
            return new LedgerVideo(ordinal, video.VideoId, video.Path, content, text, VideoState.Waiting, null);
        }).ToList();
        return [.. videos, .. inputs.Failed.Select((failed, i) => new LedgerVideo(
            videos.Count + i, Path.GetFileNameWithoutExtension(failed.Path), failed.Path, failed.Reason, "", VideoState.Failed, new VideoAccount()))];
    }

    private static string InputChanges(IReadOnlyList<LedgerVideo> before, List<LedgerVideo> now)
    {
        var (earlier, later) = (before.ToLookup(Key), now.ToLookup(Key));
        var added = later.Count(group => !earlier.Contains(group.Key));
        var removed = earlier.Count(group => !later.Contains(group.Key));
        var changed = later.Count(group => earlier.Contains(group.Key) && earlier[group.Key].First() is var was && group.First() is var its
            && (was.Content, was.Text) != (its.Content, its.Text));
        var moved = added + removed + changed == 0 && !before.Select(Key).SequenceEqual(now.Select(Key));
        return string.Join(", ", new[]
        {
            added > 0 ? $"{added} new" : "", removed > 0 ? $"{removed} gone" : "", changed > 0 ? $"{changed} with other content" : "", moved ? "in another order" : "",
        }.Where(part => part.Length > 0));

        static (string, string) Key(LedgerVideo video) => (video.Id, video.Path);
    }
}
