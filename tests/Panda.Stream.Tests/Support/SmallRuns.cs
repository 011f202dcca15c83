using System.Security.Cryptography;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models.Devices;
using Panda.Stream.Shards;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Support;

/// <summary>
/// Whole runs that take about a second: small videos of many kinds, one that is none and one that breaks off, cut into many
/// short clips, with two tiny teachers. Their shards hold few rows, so that there are many.
/// </summary>
public sealed class SmallRuns : IDisposable
{
    private static readonly string[] Names =
        ["moving.mp4", "moving.mkv", "quarters.mp4", "wide.mp4", "turned90.mp4", "bt709.mp4", "tenbit.mkv", "back.ts", "raw.h264"];

    private readonly TemporaryFolder _folder = new();

    public SmallRuns()
    {
        Input = _folder.File("input");
        Directory.CreateDirectory(Input);
        foreach (var name in Names)
            File.Copy(TestFiles.Video(name), Path.Combine(Input, name));
        File.WriteAllText(Path.Combine(Input, "wide.json"), """{"title": "A wide one", "subtitles": [{"start": 0, "end": 9, "text": "words"}]}""");
        File.WriteAllText(Path.Combine(Input, "broken.mp4"), "no video");
        var moving = File.ReadAllBytes(TestFiles.Video("moving.mkv"));
        File.WriteAllBytes(Path.Combine(Input, "short.mkv"), moving[..(moving.Length / 3)]);
        ModelsFolder.Make(Models, ["embedder"], ["teacher", "second", "third"], ["matcher", "other"]);
        Config = new()
        {
            Input = Input,
            Models = Models,
            // The tiny embedder knows nothing of scenes: at these distances it neither drops nor joins.
            Split = new() { Embedder = "embedder", Transition = 2, Stitch = 0, Still = 0, Repeat = 0, SegmentS = 1, SegmentSlackS = 0, ShortestS = 0.3 },
            Coherence = new() { Model = null },
            Caption = new() { Teachers = ["teacher", "second"] },
            Select = new() { Matcher = "matcher" },
            Shards = new() { Rows = 20 },
        };
    }

    public string Input { get; }

    public string Models => _folder.File("models");

    public PipelineConfig Config { get; }

    public string PathOf(string name) => _folder.File(name);

    /// <summary>Goes on with, or begins, a run in a folder.</summary>
    public async Task<(RunReport Report, RunWork Work, IReadOnlyList<string> Notes)> RunAsync(
        string output, PipelineConfig? config = null, CancellationTokenSource? stop = null, Func<RunSnapshot, bool>? stopWhen = null, bool retry = false, Action<ModelSet>? loaded = null,
        Func<CaptionModels, CaptionModels>? captions = null, DeviceGroup? devices = null)
    {
        config ??= Config;
        using var models = devices is null ? ModelSet.Load(config, threads: 1) : ModelSet.Load(config, devices);
        loaded?.Invoke(models);
        using var folder = OutputFolder.Claim(_folder.File(output), goOn: true);
        await using var run = new PipelineRun(config, VideoInputs.Find(config.Input), models, (captions ?? (own => own))(CaptionModels.Of(models)), folder, stop?.Token ?? CancellationToken.None, new RunCall(null, null) { Retry = retry });
        var running = Task.Run(run.RunAsync);
        while (stopWhen is not null && !running.IsCompleted && !stopWhen(run.Snapshot()))
            await Task.Delay(2);
        stop?.Cancel();
        return (await running, run.Work, run.Notes);
    }

    /// <summary>Another folder with the result that lies in one.</summary>
    public void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(PathOf(from), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(PathOf(to), Path.GetRelativePath(PathOf(from), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Every shard of a result with the hash of its bytes.</summary>
    public SortedDictionary<string, string> Shards(string output)
    {
        var root = _folder.File(output);
        return new(ShardTables.Folders.SelectMany(table => Directory.EnumerateFiles(Path.Combine(root, table))).ToDictionary(
            path => Path.GetRelativePath(root, path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))), StringComparer.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
