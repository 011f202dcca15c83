using System.Diagnostics;
using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>
/// Reads spoilt texts (sidecars, configurations, cards, tokenizers) and shards in this process, since only managed code reads them: each must end
/// in a value or a refusal of the kind that its reader promises, within a time and without taking much more memory than it has bytes.
/// </summary>
internal sealed class TextFuzz(FuzzTally tally) : IDisposable
{
    private const long MostAllocated = 1L << 30;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly string[] Texts = ["", "a cat sat on the mat", "日本 \0 \u001b[31m 🙂", new('a', 3_000), new(' ', 3_000)];

    // The paths of pipeline.yaml are relative to where it lies.
    private static readonly Override[] Paths =
        [Override.Option("--input", "input", Repository.File("samples")), Override.Option("--models", "models", Repository.File("models"))];

    private readonly TemporaryFolder _folder = new();

    public void Run(IEnumerable<FuzzCase> cases)
    {
        // What pipeline.yaml names beside itself.
        if (!Directory.Exists(_folder.File("lists")))
            Directory.CreateSymbolicLink(_folder.File("lists"), Repository.File("lists"));
        foreach (var @case in cases)
        {
            string? outcome = null;
            Exception? escaped = null;
            var allocated = 0L;
            var clock = Stopwatch.StartNew();
            var reader = new Thread(() =>
            {
                try
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    outcome = Read(@case);
                    allocated = GC.GetAllocatedBytesForCurrentThread() - before;
                }
                catch (Exception error)
                {
                    escaped = error;
                }
            }) { IsBackground = true };
            reader.Start();
            if (!reader.Join(Deadline))
                tally.Find(@case, $"ran for {clock.Elapsed.TotalSeconds:0} s, expected an end within {Deadline.TotalSeconds:0} s");
            else if (escaped is not null)
                tally.Find(@case, $"{escaped}");
            else if (allocated > MostAllocated)
                tally.Find(@case, $"allocated {allocated >> 20} MiB, expected at most {MostAllocated >> 20} MiB");
            else
                tally.Count(@case.Kind, outcome!);
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Read(FuzzCase @case) => @case.Kind switch
    {
        FuzzKind.Sidecar => Sidecar(@case),
        FuzzKind.Yaml => PipelineConfig.Load(_folder.Write("pipeline.yaml", @case.Mutation.Bytes), Paths) is { Value: not null } ? "read" : "refused",
        FuzzKind.Card => Card(@case),
        FuzzKind.Shard => Shard(@case),
        _ => ReadTokenizer(@case),
    };

    private string Shard(FuzzCase @case)
    {
        using var folder = new TemporaryFolder();
        // By itself, so that no earlier one lacks.
        var shard = folder.Write($"{Path.GetDirectoryName(@case.Source)}/part-00000.parquet", @case.Mutation.Bytes);
        var reader = ShardReader.Open(folder.Path);
        try
        {
            var rows = reader.Clips().Count() + reader.Segments().Count() + reader.Filtered().Count() + reader.Failed().Count();
            return rows == 36 ? "read" : $"read, {rows} rows instead of 36";
        }
        catch (ShardReadException refused)
        {
            Assert.StartsWith($"{shard}: not a readable shard of ", refused.Message);
            return "refused";
        }
    }

    private string Sidecar(FuzzCase @case)
    {
        using var folder = new TemporaryFolder();
        folder.Write(@case.Name, @case.Mutation.Bytes);
        var read = Sidecars.Read(folder.File("v.mp4"));
        foreach (var warning in read.Warnings)
            Assert.StartsWith(folder.Path, warning);
        Assert.InRange(read.Text.SubtitlesBetween(0, 1e12).Length, 0, SidecarLimits.ClipText);
        Assert.InRange(read.Text.Title.Length, 0, SidecarLimits.Title);
        Assert.InRange(read.Text.Description.Length, 0, SidecarLimits.Description);
        return read.Warnings.Count > 0 ? "read, with warnings" : "read";
    }

    // Beside the card lie the files of the model that it was made from.
    private string Card(FuzzCase @case)
    {
        var folder = _folder.File(@case.Source);
        if (!Directory.Exists(folder))
            ModelsFolder.CopyOf(@case.Source, _folder.Path);
        return LoadedCard.TryLoad(_folder.Write($"{@case.Source}/card.yaml", @case.Mutation.Bytes), []) is not null ? "read" : "refused";
    }

    private string ReadTokenizer(FuzzCase @case)
    {
        Tokenizer tokenizer;
        try
        {
            tokenizer = Tokenizer.Load(_folder.Write("tokenizer.json", @case.Mutation.Bytes));
        }
        catch (TokenizerException)
        {
            return "refused";
        }
        // What a tokenizer that was read does with a text costs that candidate at worst; it must end.
        foreach (var text in Texts)
        {
            try
            {
                tokenizer.Decode(tokenizer.Encode(text));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                return "read, fails on some text";
            }
        }
        return "read";
    }
}
