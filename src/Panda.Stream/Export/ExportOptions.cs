namespace Panda.Stream.Export;

public enum ExportFormat
{
    /// <summary>The dataset's own table.</summary>
    Panda70MCsv,

    /// <summary>JSON lines.</summary>
    Jsonl,

    /// <summary>Tar files of clips.</summary>
    WebDataset,
}

/// <summary>What a format is called, on the command line and in export.json.</summary>
public static class ExportFormats
{
    public static IReadOnlyDictionary<string, ExportFormat> ByName { get; } = new Dictionary<string, ExportFormat>(StringComparer.Ordinal)
    {
        ["panda70m-csv"] = ExportFormat.Panda70MCsv, ["jsonl"] = ExportFormat.Jsonl, ["webdataset"] = ExportFormat.WebDataset,
    };
}

/// <summary>What is exported, and how.</summary>
public sealed record ExportOptions
{
    public required ExportFormat Format { get; init; }

    public Subset Subset { get; init; } = new(null, null);

    public VideoSplit Split { get; init; } = VideoSplit.None;

    /// <summary>Whether every clip is cut out of its video.</summary>
    public bool Clips { get; init; }

    // A few hundred MB a tar with clips of some seconds, as WebDataset advises.
    /// <summary>Clips in a tar file of WebDataset.</summary>
    public int ClipsPerShard { get; init; } = 1000;

    /// <summary>Threads of the decoder and the encoder of clips that are cut.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
