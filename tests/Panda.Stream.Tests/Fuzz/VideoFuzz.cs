using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>Runs the whole pipeline over folders of spoilt videos and of text beside them, each folder in a process of its own.</summary>
internal sealed class VideoFuzz(FuzzTally tally) : IDisposable
{
    private const int AtOnce = 24;
    private const long MostBytes = 2L << 30;

    // A process starts within seconds and a small video takes less than one; a machine may be busy with other work.
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60), Each = TimeSpan.FromSeconds(10);

    private readonly TemporaryFolder _folder = new();
    private int _runs;

    /// <param name="videos">The videos.</param>
    /// <param name="sidecars">Text for every other one of them.</param>
    public async Task RunAsync(IEnumerable<FuzzCase> videos, IEnumerable<FuzzCase> sidecars)
    {
        ModelsFolder.Make(_folder.File("models"), ["e"], ["t"], ["m"]);
        var pairs = videos.Zip(sidecars.SelectMany(sidecar => (FuzzCase?[])[sidecar, null]), (video, sidecar) => new Pair(video, sidecar));
        foreach (var batch in pairs.Chunk(AtOnce))
            await BatchAsync(batch);
    }

    public void Dispose() => _folder.Dispose();

    private sealed record Pair(FuzzCase Video, FuzzCase? Sidecar)
    {
        public string Id => Path.GetFileNameWithoutExtension(Video.Name);
    }

    private async Task BatchAsync(Pair[] pairs)
    {
        var (input, output) = (_folder.File($"in{_runs}"), _folder.File($"out{_runs++}"));
        Directory.CreateDirectory(input);
        foreach (var pair in pairs)
        {
            await File.WriteAllBytesAsync(Path.Combine(input, pair.Video.Name), pair.Video.Mutation.Bytes);
            if (pair.Sidecar is { } sidecar)
                await File.WriteAllBytesAsync(Path.Combine(input, pair.Id + sidecar.Name[1..]), sidecar.Mutation.Bytes);
        }
        var end = await WatchedProcess.PandaAsync(Start + pairs.Length * Each, MostBytes, "run", "--input", input, "--output", output,
            "--set", $"models={_folder.File("models")}", "--set", "split.embedder=e", "--set", "caption.teachers=[t]", "--set", "select.matcher=m");
        tally.Peak(end.PeakBytes);
        try
        {
            if (Problem(end, pairs, output) is not { } problem)
                Count(pairs, output);
            else if (pairs.Length == 1)
                tally.Find(pairs[0].Video, pairs[0].Sidecar is { } sidecar ? $"{problem} (beside it {sidecar})" : problem);
            else
            {
                foreach (var half in pairs.Chunk((pairs.Length + 1) / 2))
                    await BatchAsync(half);
            }
        }
        finally
        {
            Directory.Delete(input, recursive: true);
            if (Directory.Exists(output))
                Directory.Delete(output, recursive: true);
        }
    }

    /// <summary>What is wrong with the run as a whole; null when it is sound and every video is accounted for.</summary>
    private static string? Problem(WatchedEnd end, Pair[] pairs, string output)
    {
        if (end.Verdict is { } verdict)
            return verdict;
        if (end.Code is not (0 or 1))
            return $"exit code {end.Code}: {end.Error}";
        if (end.Error.Contains("   at ", StringComparison.Ordinal) || end.Error.Contains("do not add up", StringComparison.Ordinal))
            return end.Error;
        if (!File.Exists(Path.Combine(output, RunReport.FileName)))
            return $"exit code {end.Code} without {RunReport.FileName}: {end.Error}";
        var (report, ids) = (RunReport.Load(output), Failed(output));
        var odd = report.Videos.In != pairs.Length || report.Videos.Done + report.Videos.Failed != pairs.Length ? $"{report.Videos.In} videos in, {report.Videos.Done} done, {report.Videos.Failed} failed of {pairs.Length}"
            : report.Mismatches().Count > 0 ? string.Join("; ", report.Mismatches())
            : ids.Values.Any(string.IsNullOrWhiteSpace) ? "a video failed without a reason"
            : null;
        return odd ?? (end.Output + end.Error).Where(letter => char.IsControl(letter) && letter is not ('\n' or '\r')).Select(letter => $"U+{(int)letter:X4} was written to the terminal").FirstOrDefault();
    }

    private static Dictionary<string, string> Failed(string output)
    {
        var reader = ShardReader.Open(output);
        return reader.Failed().Where(row => row.Kind == FailedKind.Video).DistinctBy(row => row.Id).ToDictionary(row => row.Id, row => row.Reason);
    }

    private void Count(Pair[] pairs, string output)
    {
        var reader = ShardReader.Open(output);
        var (failed, rows) = (Failed(output), reader.Clips().Select(row => row.VideoId).ToHashSet());
        foreach (var pair in pairs)
        {
            tally.Count(FuzzKind.Video, failed.ContainsKey(pair.Id) ? rows.Contains(pair.Id) ? "rows, then failed with reason" : "failed with reason"
                : rows.Contains(pair.Id) ? "rows" : "done, no clip long enough");
            if (pair.Sidecar is not null)
                tally.Count(FuzzKind.Sidecar, "read beside a video");
        }
    }
}
