using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Panda.Stream.Captioning;
using Panda.Stream.Selection;
using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;
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
    private sealed class CaptionedClip(VideoClip clip, KnownCaptions known, TimeSpan? time)
    {
        private int _missing = known.Candidates.Count(candidate => candidate is null);

        public VideoClip Clip { get; } = clip;

        public CaptionRequest Request { get; } = new(
            clip.Identity, clip.Frames, clip.Clip.Start, clip.Clip.End - clip.Clip.Start,
            clip.Video.Text.Title, clip.Video.Text.Description, clip.Subtitles, clip.Video.Facts.Fps) { Time = new(time) };

        public Candidate?[] Candidates { get; } = [.. known.Candidates];

        /// <summary>Whether all candidates are there and their scores stand.</summary>
        public bool IsScored => known.IsScored;

        public bool IsCaptioned => Volatile.Read(ref _missing) == 0;

        public bool Misses(int teacher) => known.Candidates[teacher] is null;

        /// <summary>Fills a teacher's slot; true for the last one.</summary>
        public bool Fill(int teacher, Candidate candidate)
        {
            Candidates[teacher] = candidate;
            return Interlocked.Decrement(ref _missing) == 0;
        }
    }

    private readonly CaptionOptions _options;
    private readonly RunCounters _counters;
    private readonly IReadOnlyList<Batcher<CaptionRequest, Candidate>> _batchers;
    private readonly IReadOnlyList<TeacherPatience> _patience;
    private readonly Stage<CaptionedClip> _clips;
    private readonly IReadOnlyList<Stage<CaptionedClip>> _teachers;
    private readonly Stage<CaptionedClip> _select;
    private readonly Stage<Action<LedgerWriter>> _shards;
    private readonly LedgerWriter _writer;
    private long _scored;

    /// <param name="writer">Takes the rows.</param>
    /// <param name="fault">Told of what must stop the whole run.</param>
    public CaptionGraph(CaptionOptions options, LedgerWriter writer, RunCounters counters, Action<Exception> fault)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _counters, _writer) = (options, counters, writer);
        var (largest, capacities) = (options.LargestBatch, options.Capacities);
        _shards = new("shards", "rows", capacities.Rows, 1, add => { Write(add); return Task.CompletedTask; }, fault);
        _select = new("select", "clips", Math.Max(capacities.Clips, options.Models.ScoredAtOnce), options.Models.ScoredAtOnce, SelectAsync, fault, describe: NameOf);
        _batchers = [.. options.Models.Teachers.Select(teacher =>
            new Batcher<CaptionRequest, Candidate>(largest, options.LongestWait, requests => [.. teacher.Caption(requests)], teacher.AtOnce))];
        _patience = [.. options.Models.Teachers.Select(teacher => new TeacherPatience(teacher.Name, options.GiveUpAfter))];
        _teachers = [.. options.Models.Teachers.Select((teacher, index) =>
            new Stage<CaptionedClip>(teacher.Name, "clips", capacities.ClipsPerTeacher, capacities.ClipsPerTeacher, clip => ProposeAsync(clip, index), fault, describe: NameOf))];
        _clips = new("clips", "clips", capacities.Clips, 1, FanOutAsync, fault, describe: NameOf);

        static string NameOf(CaptionedClip clip) => clip.Clip.Id;
    }

    /// <summary>The stages in the order in which the data flows.</summary>
    public IEnumerable<StageCount> Counts => [_clips.Count, .. _teachers.Select(teacher => teacher.Count), _select.Count, _shards.Count];

    /// <summary>What the stages work on now, in the order in which the data flows.</summary>
    public IEnumerable<AtWork> AtWork => [.. _clips.AtWork, .. _teachers.SelectMany(teacher => teacher.AtWork), .. _select.AtWork, .. _shards.AtWork];

    /// <summary>Teachers that are asked no more.</summary>
    public IReadOnlyList<string> GivenUp => [.. _patience.Select(patience => patience.NotAsked?.Teacher).OfType<string>()];

    /// <summary>Captions that each teacher was asked for, by its name, and clips that the matcher scored.</summary>
    public (IReadOnlyDictionary<string, long> Captions, long Scored) Work => (
        _options.Models.Teachers.Zip(_batchers, (teacher, batcher) => KeyValuePair.Create(teacher.Name, batcher.Done.Items)).ToDictionary(), Volatile.Read(ref _scored));

    /// <summary>What of a clip's captions earlier work knows.</summary>
    public KnownCaptions KnownOf(VideoClip clip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        return clip.Video.Known?.CaptionsOf(Rows.Of(clip, [], null, _options.Models.Identities), _options.Models.Identities) ?? KnownCaptions.None(_teachers.Count);
    }

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

    void ILaneOutput.Score(LaneVideo video, FrameScore score, long pts)
    {
    }

    Task ILaneOutput.ClipAsync(VideoClip clip)
    {
        _counters.AddClip();
        clip.Video.ClipsMade++;
        if (clip.Unusable is not { } reason)
            return _clips.SendAsync(new CaptionedClip(clip, KnownOf(clip), _options.ClipTime));
        clip.Leave();
        var row = Rows.OfFailed(clip, [], reason, null, _options.Reproduction) with { Stage = "decode" };
        return _shards.SendAsync(shards => shards.Add(clip.Video.Ordinal, clip.Clip.Index, row));
    }

    Task ILaneOutput.SegmentAsync(LaneVideo video, SegmentOutcome outcome)
    {
        var row = Rows.Of(video, outcome);
        return _shards.SendAsync(shards => shards.Add(video.Ordinal, row));
    }

    Task ILaneOutput.VideoEndedAsync(LaneVideo video)
    {
        // Of a video that the user stopped the rest comes when the run goes on; what its clips have by then is kept.
        if (video.WasStopped)
            return Task.CompletedTask;
        _counters.AddVideo(video.Failure is not null, video.Seconds);
        var end = new VideoEnd(
            video.Ordinal, video.Input.VideoId, video.Failure is null ? null : Rows.OfFailed(video, _options.Reproduction), video.SegmentsCut, video.ClipsMade,
            video.Frames, video.Seconds, video.IsSeekable, [.. video.Warnings()], video.TextWarnings)
        {
            IsThinned = video.Memory is { IsThinned: true },
        };
        _writer.Tell(new(video.Input.VideoId, null, "split", video.Began, (DateTime.UtcNow - video.Began).TotalSeconds,
            $"{Plural.Of(video.Frames, "frame")}, {Plural.Of(video.SegmentsCut, "segment")}, {Plural.Of(video.ClipsMade, "clip")}{(video.Failure is { } failure ? $"; failed at {video.FailedStage}: {failure}" : "")}"));
        return _shards.SendAsync(shards => shards.End(end));
    }

    // What is made once models are lost would be errors that are not the clips' own: their videos wait for the run to go on.
    private void Write(Action<LedgerWriter> add)
    {
        if (!_options.Models.Lost.IsCancellationRequested)
            _options.Write(() => add(_writer));
    }

    private async Task FanOutAsync(CaptionedClip clip)
    {
        if (clip.IsCaptioned)
            await _select.SendAsync(clip).ConfigureAwait(false);
        for (var teacher = 0; teacher < _teachers.Count; teacher++)
            if (clip.Misses(teacher))
                await _teachers[teacher].SendAsync(clip).ConfigureAwait(false);
    }

    private async Task ProposeAsync(CaptionedClip clip, int teacher)
    {
        var (began, asked) = (DateTime.UtcNow, Stopwatch.GetTimestamp());
        if (_patience[teacher].NotAsked is not { } candidate)
        {
            candidate = await AskAsync(clip.Request, teacher).ConfigureAwait(false);
            _patience[teacher].Heard(candidate);
        }
        Tell(clip.Clip, candidate.Teacher, began, asked, candidate.Error is { } failed ? $"error: {failed}" : candidate.Caption);
        if (clip.Fill(teacher, candidate))
            await _select.SendAsync(clip).ConfigureAwait(false);
    }

    private async Task<Candidate> AskAsync(CaptionRequest request, int teacher)
    {
        try
        {
            // Names go before anything is scored or kept: an earlier result has no others to be taken over.
            return _options.Filters.WithoutNames(await _batchers[teacher].RunAsync(request).ConfigureAwait(false));
        }
        catch (Exception error)
        {
            return new Candidate(_options.Models.Teachers[teacher].Name, "", null, error.Message);
        }
    }

    private async Task SelectAsync(CaptionedClip captioned)
    {
        var clip = captioned.Clip;
        var (began, asked) = (DateTime.UtcNow, Stopwatch.GetTimestamp());
        Candidate[] candidates = [.. captioned.Candidates.Select(candidate => candidate!)];
        Action<LedgerWriter> add;
        try
        {
            add = Choose(clip, captioned.IsScored ? candidates : Score(captioned, candidates), out var decided);
            Tell(clip, "select", began, asked, captioned.IsScored ? $"{decided}, as in the earlier result" : decided);
        }
        catch (Exception error)
        {
            add = Fail(clip, candidates, error.Message, error.ToString());
            Tell(clip, "select", began, asked, $"failed: {error.Message}");
        }
        try
        {
            await _shards.SendAsync(add).ConfigureAwait(false);
        }
        finally
        {
            clip.Leave(); // its row holds no frames
        }
    }

    private IReadOnlyList<Candidate> Score(CaptionedClip captioned, Candidate[] candidates)
    {
        Interlocked.Increment(ref _scored);
        return _options.Models.Score(captioned.Request, candidates);
    }

    private Action<LedgerWriter> Choose(VideoClip clip, IReadOnlyList<Candidate> scored, out string decided)
    {
        var (video, number) = (clip.Video.Ordinal, clip.Clip.Index);
        if (CaptionChoice.Best(scored) is not { } best)
        {
            decided = "no teacher gave a caption that could be scored: " + string.Join("; ", scored.Select(candidate => $"{candidate.Teacher}: {candidate.Error}"));
            return Fail(clip, scored, decided);
        }
        var row = Rows.Of(clip, scored, best, _options.Models.Identities);
        if (_options.MinScore is { } least && best.Score < least)
        {
            var reason = decided = $"matching score {best.Score:0.0000} is below select.min_score {least}";
            return shards => shards.Add(video, number, new FilteredRow(row, "min_score", reason));
        }
        if (_options.Filters.WhyHarmful(best.Caption) is { } harmful)
        {
            decided = harmful;
            return shards => shards.Add(video, number, new FilteredRow(row, "harmful_words", harmful));
        }
        decided = $"{best.Teacher} chosen with {best.Score:0.0000}";
        return shards => shards.Add(video, number, row);
    }

    private Action<LedgerWriter> Fail(VideoClip clip, IReadOnlyList<Candidate> candidates, string reason, string? stack = null)
    {
        var row = Rows.OfFailed(clip, candidates, reason, stack, _options.Reproduction);
        return shards => shards.Add(clip.Video.Ordinal, clip.Clip.Index, row);
    }

    private void Tell(VideoClip clip, string stage, DateTime began, long since, string outcome) =>
        _writer.Tell(new(clip.Video.Input.VideoId, clip.Clip.Index, stage, began, Stopwatch.GetElapsedTime(since).TotalSeconds, outcome));
}
