using Panda.Stream.Shards;

namespace Panda.Stream.Cli;

/// <summary>Tells which lines of files were left out.</summary>
internal static class UnfitLines
{
    private const int MostShown = 20;

    public static void Write(IReadOnlyList<UnfitLine> unfit)
    {
        foreach (var line in unfit.OrderBy(line => line.Line).Take(MostShown))
            Console.Error.WriteLine(TerminalText.Harmless(line.Message));
        if (unfit.Count > 0)
            Console.Error.WriteLine($"panda: {Plural.Of(unfit.Count, "line")} left out{(unfit.Count > MostShown ? $", of which {MostShown} are shown" : "")}");
    }
}
