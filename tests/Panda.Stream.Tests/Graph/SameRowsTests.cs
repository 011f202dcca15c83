using System.Globalization;
using System.Text.Json;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Graph;

/// <summary>Rows are the same bit for bit, features and scores included, whatever the settings that say how fast a run is.</summary>
public sealed class SameRowsTests : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private readonly TemporaryFolder _folder = new();

    public SameRowsTests()
    {
        Directory.CreateDirectory(_folder.File("input"));
        foreach (var name in new[] { "beach_day", "silent_film" })
        {
            foreach (var file in Directory.EnumerateFiles(Repository.File("samples"), name + ".*"))
                File.Copy(file, _folder.File("input", Path.GetFileName(file)));
        }
        var hurt = File.ReadAllBytes(TestFiles.Video("moving.mp4"));
        var random = new Random(1);
        for (var i = 0; i < 30; i++)
            hurt[hurt.Length / 2 + random.Next(hurt.Length / 4)] ^= (byte)(1 << random.Next(8));
        _folder.Write("input/hurt.mp4", hurt);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Random settings that are tried; PANDA_SAME_ROWS for more.</summary>
    private static int Tries => int.Parse(Environment.GetEnvironmentVariable("PANDA_SAME_ROWS") ?? "2", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_do_not_depend_on_lanes_threads_batches_waits_or_memory(bool zoo)
    {
        var plain = Plain(zoo);
        var expected = await RowsAsync(plain, modelThreads: 1);
        Assert.True(expected.Count > 20, $"{expected.Count} rows");
        Assert.Contains(expected, row => row.Contains("\"DamagedFrames\":", StringComparison.Ordinal) && !row.Contains("\"DamagedFrames\":0", StringComparison.Ordinal));

        for (var seed = 0; seed < Tries; seed++)
        {
            var random = new Random(seed);
            BatchConfig Batch() => new() { Largest = random.Next(1, 17), LongestWaitMs = random.Next(0, 40) };
            var other = plain with
            {
                Decode = new() { VideosAtOnce = random.Next(1, 5), ThreadsEach = random.Next(1, 6) },
                Split = plain.Split with { Batch = Batch() },
                Coherence = plain.Coherence with { Batch = Batch() },
                Caption = plain.Caption with { Batch = Batch() },
                // From room for one frame at a time on; less would keep fewer frames, which is another matter.
                Resources = new() { Memory = new((long)(260 + random.Next(400)) << 20) },
                Shards = new() { Rows = random.Next(1, 50) },
            };
            var threads = random.Next(1, 6);

            var found = await RowsAsync(other, threads);

            for (var i = 0; i < expected.Count; i++)
                Assert.True(expected[i] == found.ElementAtOrDefault(i), $"seed {seed}, {threads} model threads, {other.Decode}, {other.Caption.Batch}, {other.Split.Batch}, {other.Coherence.Batch}, {other.Resources}:\n{expected[i]}\nbecame\n{found.ElementAtOrDefault(i)}");
            Assert.Equal(expected.Count, found.Count);
        }
    }

    private PipelineConfig Plain(bool zoo)
    {
        var slow = new BatchConfig { Largest = 1, LongestWaitMs = 0 };
        return zoo
            ? new()
            {
                Input = _folder.File("input"), Models = Repository.File("models"), Decode = new() { VideosAtOnce = 1, ThreadsEach = 1 },
                Split = new() { Batch = slow }, Coherence = new() { Batch = slow }, Caption = new() { Batch = slow },
            }
            : new()
            {
                Input = _folder.File("input"), Models = TinyModels.Folder, Decode = new() { VideosAtOnce = 1, ThreadsEach = 1 },
                Split = new() { Embedder = "embedder", Transition = 2, Stitch = 0, Still = 0, Repeat = 0, Batch = slow },
                Coherence = new() { Model = null }, Caption = new() { Teachers = ["teacher"], Batch = slow }, Select = new() { Matcher = "matcher" },
            };
    }

    private async Task<List<string>> RowsAsync(PipelineConfig config, int modelThreads)
    {
        var output = _folder.File(Path.GetRandomFileName());
        using var models = ModelSet.Load(config, modelThreads);
        using (var folder = OutputFolder.Claim(output))
        await using (var run = new PipelineRun(config, VideoInputs.Find(config.Input), models, folder, CancellationToken.None))
            Assert.Empty((await run.RunAsync()).Mismatches());
        var reader = ShardReader.Open(output);
        return
        [
            .. reader.Clips().OrderBy(row => row.ClipId, StringComparer.Ordinal).Select(row => JsonSerializer.Serialize(row, Json)),
            .. reader.Segments().OrderBy(row => row.VideoId, StringComparer.Ordinal).ThenBy(row => row.Segment.Index).Select(row => JsonSerializer.Serialize(row, Json)),
            .. reader.Failed().Select(row => JsonSerializer.Serialize(row, Json)).Order(StringComparer.Ordinal),
        ];
    }
}
