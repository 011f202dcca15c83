using Panda.Stream.Config;

namespace Panda.Stream.Graph;

/// <summary>How a run's threads are shared out.</summary>
/// <param name="Lanes">Videos that stream side by side.</param>
/// <param name="DecoderThreads">Codec threads of each.</param>
/// <param name="ModelThreads">Threads of each call of a model.</param>
public readonly record struct ThreadBudget(int Lanes, int DecoderThreads, int ModelThreads)
{
    // Several models run at once, each on its own batch; beyond a few threads a small model gains nothing.
    private const int ModelsAtOnce = 4;

    /// <param name="videos">How many videos there are to decode.</param>
    public static ThreadBudget Of(PipelineConfig config, int videos)
    {
        ArgumentNullException.ThrowIfNull(config);
        var threads = config.Resources.Threads ?? Environment.ProcessorCount;
        // One thread each decodes many videos faster than several threads each, which wait for one another: a video gets more only
        // where there are fewer videos than threads.
        var lanes = config.Decode.VideosAtOnce ?? Math.Clamp(videos, 1, threads);
        return new(lanes, config.Decode.ThreadsEach ?? Math.Max(1, threads / lanes), Math.Max(1, threads / ModelsAtOnce));
    }
}
