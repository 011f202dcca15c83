namespace Panda.Stream.Graph;

/// <summary>How many items each stage holds at most, those at work counted in: the one place where this is set, and what it comes to.</summary>
public sealed record Capacities
{
    /// <summary>Frames that go from stage to stage of a lane together.</summary>
    public required int FramesPerBatch { get; init; }

    /// <summary>Batches at each of score and cut; 0: they work on the thread that decodes.</summary>
    public required int Batches { get; init; }

    /// <summary>Decoded frames that wait until it is clear whether they are probes; see <see cref="Splitting.FrameKeeper"/>.</summary>
    public int Undecided { get; init; } = 8;

    /// <summary>Segments at the stitch stage: so many may be at the embedder at once.</summary>
    public int Segments { get; init; } = 8;

    /// <summary>Clips that wait to be handed to the teachers, and for the matcher.</summary>
    public required int Clips { get; init; }

    /// <summary>Clips at each teacher: the batches that run on its replicas and the one that gathers meanwhile.</summary>
    public required int ClipsPerTeacher { get; init; }

    /// <summary>Rows on their way to the shards: they are small, and writing a full shard takes a while.</summary>
    public int Rows { get; init; } = 64;

    /// <summary>Those of a run whose teachers take so many clips at once, and whose videos are decoded on so many threads each.</summary>
    /// <param name="replicas">Of the teacher that has the most.</param>
    /// <param name="onCard">Whether frames that lie in the machine's memory are scored on a card.</param>
    /// <remarks>
    /// Where the codec has threads of its own, score and cut have theirs too, and frames go to them by some: few enough to stay in the
    /// processor's cache, of which one batch is worked on and one is to come. A video that is decoded on one thread stays on it, frame by
    /// frame: handing it over costs more than the work, and the other cores have other videos. A card is given frames by as many as its kernels
    /// take at once, while the next ones are decoded.
    /// </remarks>
    public static Capacities For(int largestBatch, int decoderThreads, int replicas = 1, bool onCard = false)
    {
        var (framesPerBatch, batches) = onCard ? (16, 1) : decoderThreads > 1 ? (4, 2) : (1, 0);
        return new() { FramesPerBatch = framesPerBatch, Batches = batches, Clips = largestBatch, ClipsPerTeacher = (1 + replicas) * largestBatch };
    }

    /// <summary>Frame batches in a lane at most: those at score and at cut, and the one that decode has in hand.</summary>
    public int MostBatches => 2 * Batches + 1;

    /// <summary>Decoded frames that a lane holds at most, beside those inside the codec.</summary>
    public int MostFrames => MostBatches * FramesPerBatch + Undecided;

    /// <summary>Segments between cut and the end of a lane at most: those at stitch, and the one that cut has in hand.</summary>
    public int MostSegments => Segments + 1;

    /// <summary>
    /// Clips in flight at most: those waiting for the teachers, those that the matcher is the next to take, at each teacher as many
    /// as it holds (a clip that only one of them still has is in that one alone), and the one that each lane has in hand.
    /// </summary>
    public int MostClips(int teachers, int lanes) => Clips + teachers * ClipsPerTeacher + Clips + lanes;
}
