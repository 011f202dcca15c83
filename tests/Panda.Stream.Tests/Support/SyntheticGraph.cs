using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Support;

/// <summary>The real graph around models that are functions: what they say costs nothing, so that only the flow is at work.</summary>
public static class SyntheticGraph
{
    /// <summary>Every stage holds one item.</summary>
    public static Capacities Ones { get; } = new()
    {
        FramesPerBatch = 1, Batches = 1, Undecided = 1, Segments = 1, Clips = 1, ClipsPerTeacher = 1, Rows = 1,
    };

    /// <summary>Segments of ten frames of moving.mp4 (25 a second), each a clip of its own.</summary>
    public static SplitSettings TenFrames { get; } = SplitSettings.Panda70M with
    {
        Threshold = 255, SegmentLength = 0.4, SegmentSlack = 0, ShortestClip = 0, LongestClip = 1, Trim = 0, Transition = 2, Stitch = -1, Still = 0, Repeat = 0,
    };

    public static LaneOptions Lane(long memory, Capacities capacities, Func<KeptFrame, Task<float[]>>? embed = null) => new(
        TenFrames, new(2, -1, 0, 0), embed ?? (_ => Task.FromResult(new[] { 1f })), null, 2, 24, 8, new(memory), capacities);

    /// <param name="before">Called before each batch of each teacher.</param>
    public static CaptionModels Models(int teachers, Action? before = null)
    {
        CaptionTeacher[] named = [.. Enumerable.Range(0, teachers).Select(number => $"teacher {number}").Select(name =>
            new CaptionTeacher(name, requests =>
            {
                before?.Invoke();
                return [.. requests.Select(request => new Candidate(name, request.ClipId, null, null))];
            }))];
        return new(named, (_, candidates) => [.. candidates.Select(candidate => candidate.Error is null ? candidate with { Score = 1 } : candidate)],
            new("embedder", "matcher", [.. named.Select(teacher => teacher.Name)]));
    }

    /// <summary>Captions one by one, without waiting.</summary>
    public static CaptionOptions Captions(CaptionModels models, Capacities capacities) =>
        new(models, LargestBatch: 1, TimeSpan.Zero, MinScore: null, CaptionFilters.Load(new()), capacities);

    public static LaneVideo Video(string name, string? id = null, int ordinal = 0) =>
        new(new VideoInput(id ?? name, TestFiles.Video(name)), VideoText.None) { Ordinal = ordinal };
}

/// <summary>A real ledger in a folder of its own.</summary>
public sealed class SyntheticLedger : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly OutputFolder _output;
    private readonly RunLedger _ledger;

    public SyntheticLedger(IReadOnlyList<VideoInput> videos, int teachers)
    {
        var models = SyntheticGraph.Models(teachers).Identities;
        _output = OutputFolder.Claim(_folder.File("out"));
        _ledger = RunLedger.Open(_output, new PipelineConfig(), RunIdentity.Of(new PipelineConfig(), models, null, 24), new VideoInputs(videos, [], 0), []);
        Writer = new(_ledger, _output, new("hash", "0"), rowsPerShard: 100, models.Teachers);
    }

    public LedgerWriter Writer { get; }

    public void Dispose()
    {
        Writer.Dispose();
        _ledger.Dispose();
        _output.Dispose();
        _folder.Dispose();
    }
}
