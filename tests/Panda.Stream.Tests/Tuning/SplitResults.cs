using System.Text.Json;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

[assembly: AssemblyFixture(typeof(Panda.Stream.Tests.Tuning.RecordedSamples))]

namespace Panda.Stream.Tests.Tuning;

/// <summary>Results of splitting real videos with the models of the repository, and their rows as text.</summary>
public static class SplitResults
{
    public static async Task MakeAsync(string output, SplitConfig split, params string[] videos)
    {
        // Batches of one, since the last bits may depend on the batch, and rows are compared to the last bit.
        var single = new BatchConfig { Largest = 1 };
        var config = new PipelineConfig
        {
            Split = split with { Batch = single }, Coherence = new() { Batch = single }, Models = Repository.File("models"), Decode = new() { VideosAtOnce = 2 },
        };
        using var embedder = ModelSet.LoadEmbedder(config, 1);
        using var features = ModelSet.LoadFeatures(config, 1);
        using var folder = OutputFolder.Claim(output);
        var shards = new SplitShards(config, embedder, features, folder);
        var inputs = VideoInputs.Find(videos);
        var run = new SplitRun(config, embedder, features, scoresFolder: null, shards.Add);
        await run.RunAsync(inputs.Videos, CancellationToken.None);
        Assert.Empty(shards.Complete(inputs, run.Counters, interrupted: false).Mismatches());
    }

    public static List<string> Clips(string folder)
    {
        var reader = ShardReader.Open(folder);
        return [.. reader.Clips().Select(row => JsonSerializer.Serialize(row))];
    }

    public static List<string> Segments(string folder)
    {
        var reader = ShardReader.Open(folder);
        return [.. reader.Segments().Select(row => JsonSerializer.Serialize(row))];
    }
}

/// <summary>A result that several tests start from, made once.</summary>
public sealed class RecordedSamples : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    // A repeat, a still scene and a fade, a scene that artificial cuts divide, and times that are not even.
    public static string[] Videos { get; } =
        [.. new[] { "snow_parade.mp4", "kitchen_table.mp4" }.Select(name => Repository.File("samples/" + name)), TestFiles.Video("moving.mkv")];

    public string Folder => _folder.File("recorded");

    public async ValueTask InitializeAsync() => await SplitResults.MakeAsync(Folder, new SplitConfig(), Videos);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
