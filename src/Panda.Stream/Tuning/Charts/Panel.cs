namespace Panda.Stream.Tuning.Charts;

/// <summary>One line of a panel.</summary>
/// <param name="Series">Whose colour it has.</param>
/// <param name="Values">One for each place along x; null leaves a gap.</param>
public sealed record Line(int Series, IReadOnlyList<double?> Values)
{
    public bool Dashed { get; init; }
}

/// <summary>One small diagram of a chart.</summary>
/// <param name="FromZero">Whether its y axis begins at 0, as counts and lengths should.</param>
public sealed record Panel(string Title, IReadOnlyList<Line> Lines, bool FromZero);
