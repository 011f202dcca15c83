using Panda.Stream.Config;

namespace Panda.Stream.Graph;

/// <summary>How a run's threads are shared out.</summary>
/// <param name="Lanes">Videos that stream side by side.</param>
/// <param name="DecoderThreads">Codec threads of each.</param>
/// <param name="ModelThreads">Threads of each call of a model.</param>
public readonly record struct ThreadBudget(int Lanes, int DecoderThreads, int ModelThreads)
{
    // A video decodes well on a few threads and scores on one more: two threads a lane keep both busy.
    private const int ThreadsPerLane = 2;

    // Several models run at once, each on its own batch; beyond a few threads a small model gains nothing.
    private const int ModelsAtOnce = 4;

    public static ThreadBudget Of(PipelineConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var threads = config.Resources.Threads ?? Environment.ProcessorCount;
        var lanes = config.Decode.VideosAtOnce ?? Math.Max(1, threads / ThreadsPerLane);
        return new(lanes, config.Decode.ThreadsEach ?? Math.Max(1, threads / lanes), Math.Max(1, threads / ModelsAtOnce));
    }
}
