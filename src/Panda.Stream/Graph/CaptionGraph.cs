using System.Diagnostics.CodeAnalysis;
using Panda.Stream.Captioning;
using Panda.Stream.Selection;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;
using Panda.Stream.Telemetry;

namespace Panda.Stream.Graph;

/// <summary>
/// The shared part of the graph: every clip to every teacher, joined by identity, scored by the matcher, the best candidate
/// chosen, rows to the shards. Segments and failures go to the shards directly.
/// </summary>
[SuppressMessage("Design", "CA1031", Justification = "A model that fails on a clip costs that candidate or clip, with its reason, and nothing else.")]
public sealed class CaptionGraph : ILaneOutput, IAsyncDisposable
{
    /// <summary>A clip with the slots that its teachers fill: candidates join in the clip itself, so none can reach another.</summary>
    private sealed class CaptionedClip(VideoClip clip, int teachers, TimeSpan? time)
    {
        private int _missing = teachers;

        public VideoClip Clip { get; } = clip;

        public CaptionRequest Request { get; } = new(
            clip.Id, clip.Frames, clip.Clip.Start, clip.Clip.End - clip.Clip.Start,
            clip.Video.Text.Title, clip.Video.Text.Description, clip.Subtitles) { Time = new(time) };

        public Candidate[] Candidates { get; } = new Candidate[teachers];

        /// <summary>Fills a teacher's slot; true for the last one.</summary>
        public bool Fill(int teacher, Candidate candidate)
        {
            Candidates[teacher] = candidate;
            return Interlocked.Decrement(ref _missing) == 0;
        }
    }

    private const int RowsWaiting = 64; // rows are small, and writing a full shard takes a while

    private readonly CaptionOptions _options;
    private readonly RunCounters _counters;
    private readonly IReadOnlyList<Batcher<CaptionRequest, Candidate>> _batchers;
    private readonly Stage<CaptionedClip> _clips;
    private readonly IReadOnlyList<Stage<CaptionedClip>> _teachers;
    private readonly Stage<CaptionedClip> _select;
    private readonly Stage<Action<ShardWriter>> _shards;

    public CaptionGraph(CaptionOptions options, ShardWriter writer, RunCounters counters, Action<Exception> fault)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _counters) = (options, counters);
        var largest = options.LargestBatch;
        _shards = new("shards", "rows", RowsWaiting, 1, add => { add(writer); return Task.CompletedTask; }, fault);
        _select = new("select", "clips", largest, 1, SelectAsync, fault, describe: NameOf);
        _batchers = [.. options.Models.Teachers.Select(teacher =>
            new Batcher<CaptionRequest, Candidate>(largest, options.LongestWait, requests => [.. teacher.Caption(requests)]))];
        // Room for the batch that runs and the one that gathers meanwhile.
        _teachers = [.. options.Models.Teachers.Select((teacher, index) =>
            new Stage<CaptionedClip>(teacher.Name, "clips", 2 * largest, 2 * largest, clip => ProposeAsync(clip, index), fault, describe: NameOf))];
        _clips = new("clips", "clips", largest, 1, FanOutAsync, fault, describe: NameOf);

        static string NameOf(CaptionedClip clip) => clip.Clip.Id;
    }

    /// <summary>The stages in the order in which the data flows.</summary>
    public IEnumerable<StageCount> Counts => [_clips.Count, .. _teachers.Select(teacher => teacher.Count), _select.Count, _shards.Count];

    /// <summary>What the stages work on now, in the order in which the data flows.</summary>
    public IEnumerable<AtWork> AtWork => [.. _clips.AtWork, .. _teachers.SelectMany(teacher => teacher.AtWork), .. _select.AtWork, .. _shards.AtWork];

    /// <summary>No more clips come; ends when the last row is with the writer.</summary>
    public async Task CompleteAsync()
    {
        await _clips.CompleteAsync().ConfigureAwait(false);
        await Task.WhenAll(_teachers.Select(teacher => teacher.CompleteAsync())).ConfigureAwait(false);
        await _select.CompleteAsync().ConfigureAwait(false);
        await _shards.CompleteAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var batcher in _batchers)
            await batcher.DisposeAsync().ConfigureAwait(false);
    }

    void ILaneOutput.Score(LaneVideo video, ContentScore score, long pts)
    {
    }

    Task ILaneOutput.ClipAsync(VideoClip clip)
    {
        _counters.AddClip();
        return _clips.SendAsync(new CaptionedClip(clip, _teachers.Count, _options.ClipTime));
    }

    Task ILaneOutput.SegmentAsync(LaneVideo video, SegmentOutcome outcome)
    {
        var row = Rows.Of(video, outcome);
        return _shards.SendAsync(shards => shards.Add(row));
    }

    Task ILaneOutput.VideoEndedAsync(LaneVideo video)
    {
        _counters.AddVideo(video.Failure is not null, video.Seconds);
        if (video.Damaged > 0)
            _counters.Warnings.Enqueue($"{video.Input.Path}: {video.Damaged} damaged packets or frames were passed over in {video.Frames} frames");
        if (video.Unmeasured is { } reason)
            _counters.Warnings.Enqueue($"{video.Input.Path}: coherence could not be measured in all of it: {reason}");
        if (video.OtherSize is { } other)
            _counters.Warnings.Enqueue($"{video.Input.Path}: its frames are {other.Width}x{other.Height} from frame {other.Frame} on, {video.Info.Width}x{video.Info.Height} before; rows give the first size");
        if (video.BackwardJumps > 0)
            _counters.Warnings.Enqueue($"{video.Input.Path}: its times go back {video.BackwardJumps} times; those of the result go on from there");
        if (video.Failure is null)
            return Task.CompletedTask;
        var row = Rows.OfFailed(video, _options.Reproduction);
        return _shards.SendAsync(shards => shards.Add(row));
    }

    private async Task FanOutAsync(CaptionedClip clip)
    {
        foreach (var teacher in _teachers)
            await teacher.SendAsync(clip).ConfigureAwait(false);
    }

    private async Task ProposeAsync(CaptionedClip clip, int teacher)
    {
        Candidate candidate;
        try
        {
            candidate = await _batchers[teacher].RunAsync(clip.Request).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            candidate = new Candidate(_options.Models.Teachers[teacher].Name, "", null, error.Message);
        }
        if (clip.Fill(teacher, candidate))
            await _select.SendAsync(clip).ConfigureAwait(false);
    }

    private Task SelectAsync(CaptionedClip captioned)
    {
        var (clip, candidates) = (captioned.Clip, captioned.Candidates);
        Action<ShardWriter> add;
        try
        {
            var scored = _options.Models.Matcher.Score(captioned.Request, candidates);
            add = Choose(clip, scored);
        }
        catch (Exception error)
        {
            add = Fail(clip, candidates, error.Message, error.ToString());
        }
        return _shards.SendAsync(add);
    }

    private Action<ShardWriter> Choose(VideoClip clip, IReadOnlyList<Candidate> scored)
    {
        if (CaptionChoice.Best(scored) is not { } best)
            return Fail(clip, scored, "no teacher gave a caption that could be scored: " +
                string.Join("; ", scored.Select(candidate => $"{candidate.Teacher}: {candidate.Error}")));
        // Whatever leaves the run leaves it without names; what the filters look at is what the teacher said.
        var unnamed = scored.Select(candidate => _options.Filters.WithoutNames(candidate).Candidate).ToArray();
        var (chosen, names) = _options.Filters.WithoutNames(best);
        var row = Rows.Of(clip, unnamed, chosen, _options.Models.Identities) with { NamesReplaced = names };
        if (_options.MinScore is { } least && best.Score < least)
            return shards => shards.Add(new FilteredRow(row, "min_score", $"matching score {best.Score:0.0000} is below select.min_score {least}"));
        if (_options.Filters.WhyHarmful(best.Caption) is { } reason)
            return shards => shards.Add(new FilteredRow(row, "harmful_words", reason));
        return shards => shards.Add(row);
    }

    private Action<ShardWriter> Fail(VideoClip clip, IReadOnlyList<Candidate> candidates, string reason, string? stack = null)
    {
        var row = Rows.OfFailed(clip, candidates, reason, stack, _options.Reproduction);
        return shards => shards.Add(row);
    }
}

/// <summary>What the shared part of the graph needs.</summary>
/// <param name="Models">The teachers and the matcher.</param>
/// <param name="LargestBatch">Clips in a teacher's batch at most.</param>
/// <param name="LongestWait">How long the first clip of a batch waits for company.</param>
/// <param name="MinScore">Clips whose best candidate scores less are filtered out; null keeps all.</param>
/// <param name="Filters">What else is done to captions that were chosen.</param>
/// <param name="ClipTime">How long models may work on one clip; null for ever.</param>
/// <param name="Reproduction">How the run was called; null where no command did.</param>
public sealed record CaptionOptions(
    ModelSet Models, int LargestBatch, TimeSpan LongestWait, double? MinScore, CaptionFilters Filters, TimeSpan? ClipTime, Reproduction? Reproduction);
