using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Videos;

namespace Panda.Stream.Tuning;

/// <summary>
/// A result made anew under other settings, without its videos: <c>segments/</c> with their new outcomes, <c>clips/</c> without
/// captions, <c>failed/</c> with the videos that had failed, <c>run.json</c>. It can be tuned again as the first one.
/// </summary>
public static class Resplit
{
    /// <param name="recorded">The result to start from.</param>
    /// <param name="settings">From <see cref="RecordedSplit.With"/>.</param>
    /// <param name="from">Its folder.</param>
    /// <param name="folder">Where the new one goes.</param>
    /// <returns>The report, as it stands in run.json.</returns>
    /// <exception cref="ShardWriteException">The shards could not be written.</exception>
    public static RunReport Write(RecordedSplit recorded, TunedSettings settings, string from, OutputFolder folder)
    {
        ArgumentNullException.ThrowIfNull(recorded);
        ArgumentNullException.ThrowIfNull(settings);
        var started = DateTime.UtcNow;
        var rules = recorded.Rules;
        var config = new PipelineConfig { Split = settings.Config, Coherence = new() { Model = rules.CoherenceModel, PerSecond = rules.CoherencePerSecond } };
        var metadata = new ShardMetadata(PipelineHash.OfSplitting(config), EngineVersion.Text);
        var writer = new ShardWriter(folder, metadata, config.Shards.Rows);
        var warnings = new List<string>();
        foreach (var video in recorded.Videos)
            Add(video, recorded, settings, writer, warnings);
        foreach (var failed in ShardReader.Open(from).Failed().Where(failed => failed.Kind == FailedKind.Video))
            writer.Add(failed);
        var written = writer.Complete();
        var report = recorded.Report with
        {
            Version = metadata.Version,
            PipelineHash = metadata.PipelineHash,
            Started = started,
            Finished = DateTime.UtcNow,
            Captioned = false,
            Split = rules with { Config = YamlBinder.ToJson(settings.Config) },
            Segments = new(written.SegmentsInClips + written.SegmentsDropped, written.SegmentsInClips, written.SegmentsDropped, written.Drops),
            Clips = new(written.Clips, 0, written.Clips, 0, 0),
            Teachers = new Dictionary<string, TeacherCounts>(),
            FilteredBy = new Dictionary<string, int>(),
            NamesReplaced = 0,
            Seconds = (DateTime.UtcNow - started).TotalSeconds,
            Engines = new Dictionary<string, string> { ["parquet.net"] = ShardMetadata.Engine },
            Warnings = warnings,
        };
        report.Write(folder);
        return report;
    }

    private static void Add(RecordedVideo video, RecordedSplit recorded, TunedSettings settings, ShardWriter writer, List<string> warnings)
    {
        var result = video.Split(settings.Numbers, recorded.Rules.Thresholds);
        // Text stands beside the video; where it is gone, the columns are empty.
        if (!File.Exists(video.Source))
            warnings.Add($"{video.Source}: found no such file, expected the video of these clips; they have only the titles and subtitles that still lie there");
        var text = Sidecars.Read(video.Source);
        warnings.AddRange(text.Warnings);
        var models = new ModelIdentities(recorded.Rules.Embedder, "", []);
        foreach (var clip in result.Clips)
            writer.Add(Rows.Of(video.VideoId, video.Source, video.Facts, text.Text, clip, models));
        foreach (var outcome in result.Outcomes)
            writer.Add(Rows.Of(video.VideoId, video.Source, video.Facts, outcome));
    }
}
