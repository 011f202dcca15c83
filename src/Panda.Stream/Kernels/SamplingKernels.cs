namespace Panda.Stream.Kernels;

/// <summary>A batch's scores of the next token, and how they become probabilities.</summary>
internal readonly record struct LogitsArguments(nint Values, nint Banned, long RowStride, int Rows, int Vocabulary, int BannedCount, float Scale)
{
    /// <summary>Most tokens that the kernels can tell apart.</summary>
    public const int LargestVocabulary = 1 << 22;

    /// <summary>The factor that goes with a temperature.</summary>
    public static float ScaleOf(double temperature) => (float)(1 / (Math.Log(2) * temperature));
}

/// <summary>Arguments of sampling.cu's softmax and top-p.</summary>
internal readonly record struct SampleTokensArguments(LogitsArguments Logits, nint Randoms, nint Chosen, double TopP) : IKernelArguments
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
    public const int MostKept = 32;

    public static string Module => "sampling";
    public static string Kernel => "beam_candidates";
    public static int Threads => 512;
    public KernelGrid Grid => new(Logits.Rows);
}

/// <summary>Arguments of sampling.cu's second half of a beam step.</summary>
internal readonly record struct BeamMergeArguments(
    nint Ids, nint Scores, nint BestBeams, nint BestIds, nint BestScores, int Items, int Beams, int Keep) : IKernelArguments
{
    public static string Module => "sampling";
    public static string Kernel => "beam_merge";
    public static int Threads => 128;
    public KernelGrid Grid => new(Items);
}
