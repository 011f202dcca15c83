using Panda.Stream.Splitting;

namespace Panda.Stream.Graph;

/// <summary>Runs stage 2 over one video's segments and gives each clip that stays its frames and times.</summary>
internal sealed class VideoStitcher(LaneVideo video, SplitSettings settings, DistanceThresholds thresholds, ILaneOutput output)
{
    private readonly StageTwo _stageTwo = new(settings, thresholds, video.Info.FrameRate.ToDouble());
    private readonly double _longestClipFrames = settings.LongestClip * video.Info.FrameRate.ToDouble();

    // Segments whose outcome is not certain yet, oldest first, and what the models may want of them.
    private readonly List<EmbeddedSegment> _undecided = [];
    private readonly List<SegmentFrames> _pending = [];

    public Task AddAsync(SegmentFrames frames, EmbeddedSegment embedded)
    {
        // A clip loses what lies beyond the longest length, so nothing is kept of it; else an endless still scene would fill the memory.
        var reachable = _pending.Count == 0 || frames.Segment.Start - _pending[0].Segment.Start < _longestClipFrames;
        _undecided.Add(embedded);
        _pending.Add(reachable ? frames : frames with { First = _pending[0].First, Last = _pending[0].Last, Frames = [] });
        video.Seconds = video.Info.Seconds(frames.Pts[^1]);
        return DeliverAsync(_stageTwo.Push(embedded));
    }

    /// <summary>The run was stopped: a clip that might have grown is left out, so that each clip of the result is as a whole run would have it.</summary>
    public async Task AbandonAsync()
    {
        foreach (var segment in _undecided)
            await output.SegmentAsync(video, new(segment, null, null, new(DropReason.Stopped, null, "the run was stopped before its clip was whole"))).ConfigureAwait(false);
    }

    public Task FinishAsync() => DeliverAsync(_stageTwo.Finish());

    private async Task DeliverAsync(StageTwoResult result)
    {
        foreach (var found in result.Clips)
        {
            var clip = Gather(found);
            if (video.Memory is { } memory)
                await memory.ClipLeavesLaneAsync(clip.Bytes).ConfigureAwait(false);
            await output.ClipAsync(clip).ConfigureAwait(false);
        }
        foreach (var outcome in result.Outcomes)
        {
            var at = _undecided.FindIndex(segment => segment.Segment.Index == outcome.Source.Segment.Index);
            _undecided.RemoveAt(at);
            _pending.RemoveAt(at);
            await output.SegmentAsync(video, outcome).ConfigureAwait(false);
        }
    }

    private VideoClip Gather(Clip clip)
    {
        var own = _pending.Where(pending => pending.Segment.Start < clip.End && pending.Segment.End > clip.Start).ToArray();
        var frames = own.SelectMany(segment => segment.Frames).Where(frame => frame.Index >= clip.Start && frame.Index < clip.End).ToArray();
        // A clip trimmed to a few frames may miss every kept one; its first probe is as near as can be.
        return new VideoClip(video, clip, frames.Length > 0 ? frames : [own[0].First]);
    }
}
