using Panda.Stream.Config;
using Panda.Stream.Videos;
using Panda.Stream.Videos.Cards;
using Panda.Stream.Videos.Isolation;

namespace Panda.Stream.Graph;

/// <summary>Where decoders run: the one place that chooses.</summary>
public static class VideoOpeners
{
    // Some for the decoder to write ahead in while all that the lane may hold is held.
    private const int SlotsAhead = 4;

    // The one that is read and the one that is being decoded.
    private const int FramesRead = 2;

    /// <summary>Makes what opens one lane's videos.</summary>
    /// <param name="capacities">Of the lane: how many frames it may hold.</param>
    /// <param name="opened">Keeps account of what is open in this process, for the run after a crash; null where nothing would start that.</param>
    /// <exception cref="Native.NativeLibraryException">The program that decodes in child processes is not there.</exception>
    public static Func<IVideoOpener> Of(PipelineConfig config, Capacities capacities, OpenedVideos? opened)
    {
        ArgumentNullException.ThrowIfNull(config);
        Func<IVideoOpener> inProcess = () => new ProcessOpener(capacities.MostFrames + SlotsAhead, config.Decode.ProcessMemoryMb);
        var isApart = config.Decode.Isolation == DecodeIsolation.Process;
        if (isApart)
            ProcessOpener.RequireProgram();
        Func<IVideoOpener> byCpu = isApart ? inProcess : () => new ThreadOpener();
        if (config.Decode.Card is not { } card)
            return isApart ? byCpu : Accounted(byCpu);
        var refusals = new CardRefusals(config.Decode.On);
        return Accounted(() => new CardOpener(card, byCpu(), capacities.MostFrames + FramesRead, refusals));

        // Whatever decodes in this process.
        Func<IVideoOpener> Accounted(Func<IVideoOpener> here) => opened is null ? here : () => new AccountedOpener(here(), inProcess, opened);
    }

    public static DecodeDeadlines DeadlinesOf(DeadlinesConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new(Seconds(config.FrameS), Seconds(config.VideoS), config.VideoPerSecond, TimeProvider.System);

        static TimeSpan? Seconds(double? number) => number is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
    }
}
