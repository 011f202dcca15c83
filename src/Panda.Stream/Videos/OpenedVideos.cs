using System.Text.Encodings.Web;
using System.Text.Json;

namespace Panda.Stream.Videos;

/// <summary>
/// Which videos are open in decoders of this process, in a small file that outlives a crash of it, so that the run which follows
/// knows where to look. Of a single one there is no doubt: it is set aside. Of several, each is decoded in a process of its own
/// from then on, where the one at fault shows.
/// </summary>
/// <remarks>Not flushed to disk: it is to survive the process, not the machine. Safe for use by several threads at once.</remarks>
public sealed class OpenedVideos
{
    public const string FileName = ".opened";

    private sealed record Account(List<string> Open, List<string> Suspects, Dictionary<string, string> Crashed);

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly Account _account;

    private OpenedVideos(string path, Account account) => (_path, _account) = (path, account);

    /// <summary>Videos that were open, among others, when the process crashed.</summary>
    public IReadOnlyList<string> Suspects => _account.Suspects;

    /// <summary>Videos that alone were open when it crashed, and the signal.</summary>
    public IReadOnlyDictionary<string, string> Crashed => _account.Crashed;

    /// <summary>A new account in the folder of the result, which need not be there yet.</summary>
    public static OpenedVideos New(string folder) => new(Path.Combine(folder, FileName), new([], [], []));

    /// <summary>Goes on with the account of a run that died, and writes down at once whom it blames, so that no later crash blames them again.</summary>
    /// <param name="signal">What it died of.</param>
    /// <returns>Null when the account names no video that could be new to blame, or cannot be written: starting again would not help.</returns>
    public static OpenedVideos? AfterCrash(string folder, string signal)
    {
        var path = Path.Combine(folder, FileName);
        Account account;
        try
        {
            account = JsonSerializer.Deserialize<Account>(File.ReadAllText(path), Json) ?? throw new JsonException();
        }
        catch (Exception none) when (none is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
        // What was decoded in a process of its own cannot have been it.
        var open = account.Open.Except(account.Suspects).ToList();
        account.Open.Clear();
        if (open.Count == 0)
            return null;
        if (open.Count == 1)
            account.Crashed[open[0]] = signal;
        else
            account.Suspects.AddRange(open);
        var opened = new OpenedVideos(path, account);
        return opened.TryWrite() ? opened : null;
    }

    public void Add(string video) => Change(() => _account.Open.Add(video));

    public void Remove(string video) => Change(() => _account.Open.Remove(video));

    /// <summary>The run has ended by itself.</summary>
    public void Delete()
    {
        lock (_lock)
            File.Delete(_path);
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            TryWrite(); // a full disk stops the run where rows are at stake, not here
        }
    }

    private bool TryWrite()
    {
        try
        {
            var temporary = _path + ".tmp";
            File.WriteAllText(temporary, JsonSerializer.Serialize(_account, Json));
            File.Move(temporary, _path, overwrite: true);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
