using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cli;

/// <summary>Results of which something was lost or spoilt, as the commands meet them.</summary>
public sealed class DamagedResultTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task Of_a_lost_shard_show_tells_the_rest_and_export_and_select_refuse()
    {
        await _runs.RunAsync("out");
        var folder = _runs.PathOf("out");
        File.Delete(Path.Combine(folder, "clips", "part-00001.parquet"));
        var lost = $"{folder}/clips/part-00001.parquet: found no such file, expected a shard";

        var (code, output, error) = await PandaProcess.RunAsync("show", folder);
        Assert.Equal(1, code);
        Assert.Contains("back-00000", output);
        Assert.Contains($"panda: clips may be missing above: {lost}", error);
        foreach (var refused in new string[][] { ["export", folder, "--format", "jsonl", "--output", _runs.PathOf("data")], ["models", "select", folder, "--min-score", "0"] })
        {
            (code, output, error) = await PandaProcess.RunAsync(refused);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains(lost, error);
        }
        Assert.False(Directory.Exists(_runs.PathOf("data")));
    }

    [Fact]
    public async Task A_run_that_starts_from_a_full_shard_spoilt_within_its_size_names_a_way_out()
    {
        await _runs.RunAsync("out");
        foreach (var table in new[] { "clips", "segments" })
        {
            await using var shard = File.Open(Path.Combine(_runs.PathOf("out"), table, "part-00000.parquet"), FileMode.Open);
            shard.Seek(4, SeekOrigin.Begin);
            shard.Write(new byte[200]);
        }
        var (code, _, error) = await PandaProcess.RunAsync("retry", _runs.PathOf("out"));
        Assert.Equal(1, code);
        Assert.Contains("part-00000.parquet: not a readable shard of ", error);
        Assert.Contains("; `panda run --overwrite` starts anew", error);
    }
}
