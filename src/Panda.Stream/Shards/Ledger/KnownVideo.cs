using Panda.Stream.Captioning;

namespace Panda.Stream.Shards.Ledger;

/// <summary>What earlier work knows of a video whose content has not changed.</summary>
/// <param name="Segments">Its segments in order, where all of it was split by the same rules and models; null: it must be decoded.</param>
/// <param name="Account">Its account then; null where <paramref name="Segments"/> is.</param>
/// <param name="Clips">Captioned clips, the newest result's first.</param>
public sealed record KnownVideo(IReadOnlyList<SegmentRow>? Segments, VideoAccount? Account, IReadOnlyList<ClipRow> Clips)
{
    private readonly ILookup<(int, int), ClipRow> _bySpan = Clips.ToLookup(clip => (clip.StartFrame, clip.EndFrame));

    /// <summary>What of a clip's captions can be taken over: those of the same span, text and teachers.</summary>
    /// <param name="like">The clip as it is now, without candidates.</param>
    /// <param name="models">Those that would caption and score it now.</param>
    public KnownCaptions CaptionsOf(ClipRow like, ModelIdentities models)
    {
        var candidates = new Candidate?[models.Teachers.Count];
        foreach (var earlier in _bySpan[(like.StartFrame, like.EndFrame)])
        {
            if (earlier.Title != like.Title || earlier.Description != like.Description || earlier.Subtitles != like.Subtitles)
                continue;
            for (var i = 0; i < candidates.Length; i++)
                candidates[i] ??= SoundCandidate(earlier, models.Teachers[i]);
            // A score belongs to all the captions that went to the matcher in one batch.
            if (earlier.Models.Matcher == models.Matcher && earlier.Models.Teachers.SequenceEqual(models.Teachers)
                && earlier.Candidates.All(candidate => candidate is { Error: null, Score: not null }))
                return new(earlier.Candidates, IsScored: true);
        }
        return new(candidates, IsScored: false);
    }

    private static Candidate? SoundCandidate(ClipRow clip, string teacher)
    {
        var at = clip.Models.Teachers.ToList().IndexOf(teacher);
        return at >= 0 && at < clip.Candidates.Count && clip.Candidates[at] is { Error: null, Caption.Length: > 0 } sound ? sound with { Score = null } : null;
    }
}

/// <summary>Candidates that need not be made again, one place a teacher.</summary>
/// <param name="Candidates">Null where the teacher must be asked.</param>
/// <param name="IsScored">All are there, and their scores stand.</param>
public sealed record KnownCaptions(IReadOnlyList<Candidate?> Candidates, bool IsScored)
{
    public static KnownCaptions None(int teachers) => new(new Candidate?[teachers], IsScored: false);
}
