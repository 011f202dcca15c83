using Panda.Stream.Shards;
using Panda.Stream.Tests.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Fuzz;

internal enum FuzzKind { Video, Sidecar, Yaml, Card, Tokenizer, Shard, Onnx }

/// <summary>One spoilt file: the same for the same seed, kind and number on every machine that has the same files to start from.</summary>
/// <param name="Name">The name that the file has among others of its kind.</param>
/// <param name="Source">The file, or the model, that it was made from.</param>
internal sealed record FuzzCase(FuzzKind Kind, int Number, string Name, string Source, Mutation Mutation)
{
    public override string ToString() => $"{Kind} {Number}: {Source}: {Mutation.What}";
}

/// <summary>Makes the cases of a seed; none of them is kept.</summary>
internal static class FuzzCases
{
    // Small files first of all: a case costs what its video costs. The reference videos join in where they are.
    private static readonly string[] Videos =
    [
        .. new[] { 0, 2, 5, 15, 24, 35, 38, 36 }.Select(number => Repository.File($"models/heldout/clip_{number:000}.mp4")),
        .. new[] { "quarters.mp4", "bt709.mp4", "turned90.mp4", "wide.mp4", "million.mp4", "moving.mkv", "tenbit.mkv", "moving.mkv", "ahead.ts", "back.ts", "sizes.ts", "raw.h264", "cover.m4a" }.Select(TestFiles.Video),
        .. new[] { "ts.ts", "w_641x360.webm", "cfr_ms.mkv", "editlist.mp4", "vfr.mp4", "delayed_start.mp4" }.Select(SharedVideos.Find).OfType<string>(),
    ];

    private static readonly string[] Sidecars =
        ["beach_day.json", "deep_blue.en.vtt", "deep_blue.info.json", "night_walk.srt", "snow_parade.vtt", "wooden_friends.srt", "toy_circus.info.json"];

    private static readonly string[] Cards = ["layout", "mini-blip2-t5", "mini-lpips", "mini-minigpt4", "mini-umt", "mini-videochat-text"];

    // Of each table one as it is written now, and one that DuckDB wrote.
    private static readonly Lazy<(string Source, byte[] Bytes)[]> Shards = new(() =>
    [
        Written(ShardTables.Clips, i => SomeRows.Clip(i)), Written(ShardTables.Segments, i => SomeRows.Segment(i)),
        Written(ShardTables.Filtered, SomeRows.Filtered), Written(ShardTables.Failed, SomeRows.Failed),
        .. ShardTables.Folders.Select(table => $"{table}/part-00000.parquet").Select(shard =>
            (shard, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", "shards", shard)))),
    ]);

    private static (string Source, byte[] Bytes) Written<TRow>(ShardTable<TRow> table, Func<int, TRow> row)
    {
        using var folder = new TemporaryFolder();
        var shard = folder.File("part-00001.parquet");
        ShardFile.Write(table, [.. Enumerable.Range(0, 36).Select(row)], shard, SomeRows.Metadata);
        return ($"{table.Folder}/part-00001.parquet", File.ReadAllBytes(shard));
    }

    internal static FuzzCase Make(int seed, FuzzKind kind, int number)
    {
        var random = new Random(HashCode(seed, (int)kind, number));
        return kind switch
        {
            FuzzKind.Video => Video(random, number),
            FuzzKind.Sidecar => Sidecar(random, number),
            FuzzKind.Yaml => Of(kind, number, "pipeline.yaml", Repository.File("pipeline.yaml"), file => Lines.Yaml(file, random)),
            FuzzKind.Card => Card(random, number),
            FuzzKind.Tokenizer => Of(kind, number, "tokenizer.json", random.Pick(Tokenizers), file => Json.Mutate(file, random)),
            FuzzKind.Shard => Shard(random, number),
            _ => Model(random, number),
        };
    }

    private static readonly string[] Tokenizers =
    [
        TinyModels.PathOf("teacher", "tokenizer.json"), TinyModels.PathOf("matcher", "tokenizer.json"), Repository.File("models/shared/wordpiece.json"),
        .. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", "tokenizers"), "*.json", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length < 100_000 && File.ReadAllText(file).Contains("\"model\"", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    private static FuzzCase Video(Random random, int number)
    {
        var source = random.Pick(Videos);
        return Of(FuzzKind.Video, number, $"v{number:00000}{Path.GetExtension(source)}", source, file => random.Next(4) == 0
            ? AnyBytes.Mutate(file, random)
            : Path.GetExtension(source) switch
            {
                ".mkv" or ".webm" => Matroska.Mutate(file, random),
                ".ts" => TransportStream.Mutate(file, random),
                ".h264" => AvcSize.Lie(file, random) ?? AnyBytes.Mutate(file, random),
                _ => Mp4.Mutate(file, random),
            });
    }

    private static FuzzCase Sidecar(Random random, int number)
    {
        var source = Repository.File($"samples/{random.Pick(Sidecars)}");
        var ending = source[source.IndexOf('.', source.LastIndexOf('/'))..];
        return Of(FuzzKind.Sidecar, number, $"v{ending}", source, file =>
            !ending.EndsWith(".json", StringComparison.Ordinal) ? Lines.Subtitles(file, random) : random.Next(8) == 0 ? Json.Extreme(random) : Json.Mutate(file, random));
    }

    private static FuzzCase Card(Random random, int number)
    {
        var model = random.Pick(Cards);
        return new(FuzzKind.Card, number, "card.yaml", model, Lines.Yaml(File.ReadAllBytes(Repository.File($"models/{model}/card.yaml")), random));
    }

    private static FuzzCase Shard(Random random, int number)
    {
        var (source, bytes) = random.Pick(Shards.Value);
        return new(FuzzKind.Shard, number, Path.GetFileName(source), source, Footer.Mutate(bytes, random));
    }

    private static FuzzCase Model(Random random, int number)
    {
        var name = random.Pick(["vision.onnx", "decoder.onnx", "embed_tokens.onnx"]);
        return Of(FuzzKind.Onnx, number, name, TinyModels.PathOf("teacher", name), file => Onnx.Mutate(file, random));
    }

    private static FuzzCase Of(FuzzKind kind, int number, string name, string source, Func<byte[], Mutation> mutate) =>
        new(kind, number, name, Path.GetFileName(source), mutate(File.ReadAllBytes(source)));

    // Not System.HashCode, which differs from process to process.
    private static int HashCode(int seed, int kind, int number) => unchecked((seed * 31 + kind) * 1_000_003 + number * 7919) & int.MaxValue;
}
