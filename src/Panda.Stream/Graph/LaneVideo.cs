using Panda.Stream.Shards;
using Panda.Stream.Shards.Ledger;
using Panda.Stream.Videos;

namespace Panda.Stream.Graph;

/// <summary>A video on its way through a lane, and how it fared.</summary>
/// <remarks>Written by one stage at a time: the items that carry it hand it from stage to stage.</remarks>
public sealed class LaneVideo(VideoInput input, VideoText text)
{
    private VideoStreamInfo? _info;
    private VideoFacts? _facts;
    private string? _failure;

    public VideoInput Input { get; } = input;
    public VideoText Text { get; } = text;

    /// <summary>Its place in the input.</summary>
    public int Ordinal { get; init; }

    /// <summary>What was wrong in the files beside it.</summary>
    public IReadOnlyList<string> TextWarnings { get; init; } = [];

    /// <summary>When it was taken in, in UTC.</summary>
    public DateTime Began { get; } = DateTime.UtcNow;

    /// <summary>What earlier work knows of it.</summary>
    public KnownVideo? Known { get; init; }

    /// <summary>What the decoder found; readable once the video was opened.</summary>
    public VideoStreamInfo Info
    {
        get => _info ?? throw new InvalidOperationException($"{Input.Path} has not been opened.");
        internal set
        {
            _info = value;
            _facts = new(value.FrameRate.ToDouble(), value.DisplayWidth, value.DisplayHeight, value.TimeBase, value.StartPts);
        }
    }

    /// <summary>Its part of the memory; null until there was room for it.</summary>
    internal VideoMemory? Memory { get; set; }

    public bool WasOpened => _info is not null;

    /// <summary>What its rows need of it, from the decoder or from an earlier result.</summary>
    public VideoFacts Facts
    {
        get => _facts ?? throw new InvalidOperationException($"{Input.Path} has not been opened.");
        internal set => _facts = value;
    }

    /// <summary>Segments that were cut of it.</summary>
    public int SegmentsCut { get; internal set; }

    /// <summary>Clips that stage 2 let pass.</summary>
    public int ClipsMade { get; internal set; }

    /// <summary>Frames decoded.</summary>
    public int Frames { get; internal set; }

    /// <summary>Seconds from the start of the stream to the last frame decoded.</summary>
    public double SecondsDecoded { get; internal set; }

    /// <summary>Packets or frames in which libav found damage.</summary>
    public int Damaged { get; internal set; }

    /// <summary>Why the card that was to score its frames did not, or not all of them; null when it did, none was, or another video's line says so.</summary>
    public string? ScoredByCpu { get; internal set; }

    /// <summary>Why the card that was to decode it did not, or not all of it; null when it did, none was, or another video's line says so.</summary>
    public string? DecodedByCpu { get; internal set; }

    /// <summary>Why coherence could not be measured in all of it; null when it could, or was not to be.</summary>
    public string? Unmeasured { get; internal set; }

    /// <summary>Size and format of the latest frame, and whether it is beyond those that the header counted.</summary>
    internal (int Width, int Height, string PixelFormat, bool Uncounted) Size { get; set; }

    /// <summary>Size of the first frame that is not of the size of the video's first; null when all are.</summary>
    public (int Frame, int Width, int Height)? OtherSize { get; internal set; }

    /// <summary>How often the times of the file went back.</summary>
    public int BackwardJumps { get; internal set; }

    /// <summary>Seconds from the start of the first frame to the end of the last.</summary>
    public double Seconds { get; internal set; }

    /// <summary>First frames of its shots but the first, as far as they were found.</summary>
    public IReadOnlyList<int> Cuts { get; internal set; } = [];

    /// <summary>Its frames can be found again by their pts, since the file has them so and nothing in it was damaged.</summary>
    public bool IsSeekable { get; internal set; }

    /// <summary>What was passed over in it, in words; of a video from an earlier result as it was told then.</summary>
    public IEnumerable<string> Warnings()
    {
        if (Known?.Segments is not null)
            return Known.Account!.Warnings;
        var warnings = new List<string>();
        if (Damaged > 0)
            warnings.Add($"{Input.Path}: {Damaged} damaged {(Damaged == 1 ? "packet or frame was" : "packets or frames were")} passed over in {Plural.Of(Frames, "frame")}");
        foreach (var refusal in new[] { DecodedByCpu, ScoredByCpu }.OfType<string>())
            warnings.Add($"{Input.Path}: {refusal}");
        if (Memory is { IsThinned: true } memory)
            warnings.Add($"{Input.Path}: only {memory.Manner.KeptPerSecond} frames a second were kept of it, to fit into resources.memory");
        if (Unmeasured is { } reason)
            warnings.Add($"{Input.Path}: coherence could not be measured in all of it: {reason}");
        if (OtherSize is { } other)
            warnings.Add($"{Input.Path}: its frames are {other.Width}x{other.Height} from frame {other.Frame} on, {Info.Width}x{Info.Height} before; rows give the first size");
        if (BackwardJumps > 0)
            warnings.Add($"{Input.Path}: its times go back {Plural.Of(BackwardJumps, "time")}; those of the result go on from there");
        return warnings;
    }

    /// <summary>The stage and the reason of its failure; null while there is none. The first one stands.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    public string FailedStage { get; private set; } = "";

    /// <summary>Where in the code it came to that; null where nothing was thrown.</summary>
    public string? FailedStack { get; private set; }

    /// <summary>The user stopped the run while it was decoded: what was not certain by then is left out.</summary>
    public bool WasStopped { get; private set; }

    public void Stop(string reason)
    {
        WasStopped = true;
        Fail("decode", reason);
    }

    public void Fail(string stage, string reason, Exception? error = null)
    {
        if (Interlocked.CompareExchange(ref _failure, reason, null) is null)
            (FailedStage, FailedStack) = (stage, error?.ToString());
    }
}
