using System.Text.Json;

namespace Panda.Stream.Export;

/// <summary>What went into an export and what became of it, in figures: <c>export.json</c>.</summary>
public sealed record ExportReport
{
    public const string FileName = "export.json";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public required string Format { get; init; }

    /// <summary>What of the result is not there yet, in words, where its run goes on or was stopped; null when it is whole.</summary>
    public string? Unfinished { get; init; }

    /// <summary>Clips of the result.</summary>
    public int Clips { get; set; }

    /// <summary>Clips without a caption, as those of <c>split</c> and <c>resplit</c>: left out.</summary>
    public int Uncaptioned { get; set; }

    /// <summary>Left out by score or as more than so many of a video.</summary>
    public int OutsideSubset { get; set; }

    /// <summary>Of videos that are in no part.</summary>
    public int OutsideSplit { get; set; }

    /// <summary>Exported, by part.</summary>
    public SortedDictionary<string, PartCounts> Parts { get; } = new(StringComparer.Ordinal);

    /// <summary>Of the exported: cut by copying packets, and encoded anew.</summary>
    public int Copied { get; set; }

    /// <inheritdoc cref="Copied"/>
    public int Encoded { get; set; }

    /// <summary>Clips that could not be cut and so were left out, with the reason.</summary>
    public List<FailedCut> Failed { get; } = [];

    internal string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}

/// <summary>Videos and clips of one part.</summary>
public sealed record PartCounts(int Videos, int Clips);

/// <summary>A clip that could not be cut.</summary>
public sealed record FailedCut(string ClipId, string Source, string Reason);
