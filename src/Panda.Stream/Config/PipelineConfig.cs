using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;
using Panda.Stream.Videos;

namespace Panda.Stream.Config;

/// <summary>
/// Everything that pipeline.yaml says. Each key is a property of these records and its default is the property's own value,
/// with the reason beside the number; pipeline.yaml and pipeline.schema.json are tested to agree.
/// </summary>
public sealed record PipelineConfig
{
    [Description("Videos: a folder (searched with its subfolders), a glob, one file, or a .txt list of paths. Relative to this file; on the command line, to the current folder.")]
    [Length(1, int.MaxValue)]
    public string Input { get; init; } = "samples";

    // A hash would read every video twice; who copies videos over each other with their old times can ask for it.
    [Description("By what a run that goes on knows a video again: stat by the size and time of change of its file, content by the SHA-256 of all its bytes.")]
    public InputIdentity InputIdentity { get; init; } = InputIdentity.Stat;

    [Description("Folder of the results, made when missing. Relative to the current folder.")]
    [Length(1, int.MaxValue)]
    public string Output { get; init; } = "out";

    [Description("Folder with one folder per model, each with its card.yaml. Relative to this file; on the command line, to the current folder.")]
    [Length(1, int.MaxValue)]
    public string Models { get; init; } = "models";

    [Description("How videos are decoded.")]
    public DecodeConfig Decode { get; init; } = new();

    [Description("How a video becomes clips: cuts, segments, stitching, filters.")]
    public SplitConfig Split { get; init; } = new();

    [Description("How coherent clips are: Max Running LPIPS.")]
    public CoherenceConfig Coherence { get; init; } = new();

    [Description("Who writes captions. teachers: each of caption.teachers proposes one for every clip, and the best is chosen. student: caption.student alone.")]
    public CaptionSource Captioning { get; init; } = CaptionSource.Teachers;

    [Description("Which models caption the clips.")]
    public CaptionConfig Caption { get; init; } = new();

    [Description("How the best caption of a clip is chosen.")]
    public SelectConfig Select { get; init; } = new();

    [Description("The Parquet files that are written.")]
    public ShardsConfig Shards { get; init; } = new();

    [Description("How long the run waits for one item before it goes on without it.")]
    public DeadlinesConfig Deadlines { get; init; } = new();

    [Description("What a run may use of the machine.")]
    public ResourcesConfig Resources { get; init; } = new();

    /// <summary>The models that caption clips: the teachers in their order, or the student alone.</summary>
    public IReadOnlyList<string> Captioners => Captioning == CaptionSource.Student ? [Caption.Student] : Caption.Teachers;

    /// <summary>Every model that the configuration uses: embedder, feature model if any, captioners in their order, matcher.</summary>
    public IReadOnlyList<string> AllModels => [Split.Embedder, .. Coherence.Model is { } features ? [features] : Array.Empty<string>(), .. Captioners, Select.Matcher];

    /// <summary>Load -> resolve -> check: the configuration with absolute paths, or every error of it.</summary>
    /// <param name="path">The YAML file; diagnostics name it as given here.</param>
    /// <param name="overrides">What the command line sets on top of it, in order; the last one wins.</param>
    /// <param name="scope">What it will be used for: the rest need not be there.</param>
    public static Bound<PipelineConfig> Load(string path, IReadOnlyList<Override>? overrides = null, PipelineScope scope = PipelineScope.Whole)
    {
        var loaded = PipelineFile.Load(path, overrides ?? []);
        // Errors of one step do not hide those of the next: the checks look at whatever was sound.
        if (loaded.Draft is null)
            return loaded;
        var resolved = PipelinePaths.Resolve(loaded.Draft, loaded.Locations, path);
        var diagnostics = YamlBinder.InOrder([.. loaded.Diagnostics, .. PipelineChecks.Run(resolved, loaded.Locations, scope)], path);
        return loaded with { Value = diagnostics.Count == 0 ? resolved : null, Diagnostics = diagnostics };
    }
}

/// <summary>What a configuration is used for.</summary>
public enum PipelineScope
{
    /// <summary>A run from videos to shards.</summary>
    Whole,

    /// <summary>Splitting alone, which needs no other model than the embedder, and neither input nor output.</summary>
    Splitting,
}
