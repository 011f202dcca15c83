using System.Text.RegularExpressions;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>
/// Opens spoilt ONNX files as teachers of a run, some at once, each run in a process of its own; those that can be opened then caption a video.
/// </summary>
internal sealed partial class ModelFuzz(FuzzTally tally) : IDisposable
{
    private const int AtOnce = 10;
    private const long MostBytes = 2L << 30;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly TemporaryFolder _folder = new();
    private int _runs;

    public async Task RunAsync(IEnumerable<FuzzCase> models)
    {
        foreach (var batch in models.Chunk(AtOnce))
            await BatchAsync(batch);
    }

    public void Dispose() => _folder.Dispose();

    private async Task BatchAsync(FuzzCase[] cases)
    {
        var (folder, output) = (_folder.File($"models{_runs}"), _folder.File($"out{_runs++}"));
        var names = cases.Select(@case => $"t{@case.Number}").ToArray();
        ModelsFolder.Make(folder, ["e"], names, ["m"]);
        foreach (var (name, @case) in names.Zip(cases))
        {
            await File.WriteAllBytesAsync(Path.Combine(folder, name, @case.Name), @case.Mutation.Bytes);
            // As a card without hashes would let it pass: with them all would end there.
            var card = Path.Combine(folder, name, "card.yaml");
            await File.WriteAllTextAsync(card, Hashes.Replace(await File.ReadAllTextAsync(card), ""));
        }
        var end = await CaptionAsync(folder, output, names);
        var refused = end.Code == 2 ? names.Where(name => end.Error.Contains($"/{name}/card.yaml", StringComparison.Ordinal)).ToHashSet() : [];
        var problem = Problem(end) ?? (end.Code == 2 && refused.Count == 0 ? $"refused, but no model named: {end.Error}" : null);
        var opened = cases.Where((_, i) => !refused.Contains(names[i])).ToArray();
        if (problem is null && end.Code == 2)
        {
            tally.Count(FuzzKind.Onnx, "refused", refused.Count);
            if (opened.Length > 0)
                await BatchAsync(opened);
        }
        else if (problem is null)
            tally.Count(FuzzKind.Onnx, end.Code == 0 ? "captioned, or failed with reason" : "failed with reason", cases.Length);
        else if (cases.Length == 1)
            tally.Find(cases[0], problem);
        else
        {
            foreach (var half in cases.Chunk((cases.Length + 1) / 2))
                await BatchAsync(half);
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task<WatchedEnd> CaptionAsync(string folder, string output, string[] teachers)
    {
        var end = await WatchedProcess.PandaAsync(Deadline, MostBytes, "run", "--input", Repository.File("models/heldout/clip_005.mp4"), "--output", output,
            "--set", $"models={folder}", "--set", "split.embedder=e", "--set", $"caption.teachers=[{string.Join(", ", teachers)}]", "--set", "select.matcher=m", "--set", "resources.threads=1");
        tally.Peak(end.PeakBytes);
        return end;
    }

    private static string? Problem(WatchedEnd end) =>
        end.Verdict
        ?? (end.Code is 0 or 1 or 2 ? null : $"exit code {end.Code}: {end.Error}")
        ?? (end.Error.Contains("   at ", StringComparison.Ordinal) ? end.Error : null)
        ?? (end.Output + end.Error).Where(letter => char.IsControl(letter) && letter is not ('\n' or '\r')).Select(letter => $"U+{(int)letter:X4} was written to the terminal").FirstOrDefault();

    [GeneratedRegex(@"^ *sha256:.*\n", RegexOptions.Multiline)]
    private static partial Regex Hashes { get; }
}
