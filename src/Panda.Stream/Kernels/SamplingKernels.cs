namespace Panda.Stream.Kernels;

/// <summary>The type of scores.</summary>
internal enum LogitsType { Float32, Float16, BFloat16 }

/// <summary>Where the scores of a batch's next tokens lie, and what is done to them before one is taken.</summary>
internal readonly record struct LogitsArguments(
    nint Values, nint Banned, nint Seen, int Rows, int Vocabulary, int BannedCount, float Scale, float Repetition, LogitsType Type = LogitsType.Float32)
{
    /// <summary>Most tokens that the kernels can tell apart.</summary>
    public const int LargestVocabulary = 1 << 22;

    /// <summary>The factor that goes with a temperature.</summary>
    public static float ScaleOf(double temperature) => (float)(1 / (Math.Log(2) * temperature));

    /// <summary>Words of one bit a token.</summary>
    public static int SeenWords(int vocabulary) => KernelGrid.Blocks(vocabulary, 32);
}

/// <summary>Arguments of sampling.cu's choice of one token a row.</summary>
internal readonly record struct SampleTokensArguments(LogitsArguments Logits, nint Randoms, nint Chosen, double TopP, int TopK) : IKernelArguments
{
    public static string Module => "sampling";
    public static string Kernel => "sample_tokens";
    public static int Threads => 512;
    public KernelGrid Grid => new(Logits.Rows);
}

/// <summary>Arguments of sampling.cu's first half of a beam step.</summary>
internal readonly record struct BeamCandidatesArguments(LogitsArguments Logits, nint BeamScores, nint Ids, nint Scores, int Keep) : IKernelArguments
{
    /// <summary>Most candidates that may be kept of a beam.</summary>
    public const int MostKept = 256;

    public static string Module => "sampling";
    public static string Kernel => "beam_candidates";
    public static int Threads => 512;
    public KernelGrid Grid => new(Logits.Rows);
}

/// <summary>Arguments of sampling.cu's second half of a beam step.</summary>
internal readonly record struct BeamMergeArguments(
    nint FirstRows, nint Ids, nint Scores, nint BestBeams, nint BestIds, nint BestScores, int Items, int Keep) : IKernelArguments
{
    public static string Module => "sampling";
    public static string Kernel => "beam_merge";
    public static int Threads => 128;
    public KernelGrid Grid => new(Items);
}

/// <summary>Arguments of sampling.cu's first half of a beam step with sampling.</summary>
internal readonly record struct BeamNucleusArguments(LogitsArguments Logits, nint Kept, double TopP, int TopK, int LeastKept) : IKernelArguments
{
    /// <summary>Of what is kept of a row.</summary>
    public const int KeptBytes = 24;

    public static string Module => "sampling";
    public static string Kernel => "beam_nucleus";
    public static int Threads => 512;
    public KernelGrid Grid => new(Logits.Rows);
}

/// <summary>Arguments of sampling.cu's second half of a beam step with sampling.</summary>
internal readonly record struct BeamDrawsArguments(
    LogitsArguments Logits, nint FirstRows, nint Kept, nint BeamScores, nint Randoms, nint BestBeams, nint BestIds, nint BestScores,
    double Temperature, int Items, int Keep) : IKernelArguments
{
    /// <summary>Most tokens of all rows of an item, each counted as often as there are rows.</summary>
    public const int MostTokens = 1 << 23;

    public static string Module => "sampling";
    public static string Kernel => "beam_draws";
    public static int Threads => 512;
    public KernelGrid Grid => new(Items);
}
