namespace Panda.Stream.Models.Generation;

/// <summary>The random numbers of one row, drawn from its name: they do not depend on the rows beside it.</summary>
internal sealed class RowDraws(string identity)
{
    private int _drawn;

    /// <summary>The number in 0..1 (1 excluded) of a draw that is still to come.</summary>
    internal double Ahead(int draws) => StableHash.Unit($"{identity}#{_drawn + draws}");

    /// <summary>So many draws were made elsewhere, by the numbers ahead.</summary>
    internal void Pass(int draws) => _drawn += draws;

    /// <summary>One of the indices, each with a probability in proportion to its weight; -1 when no weight is above 0.</summary>
    internal int Draw(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var weight in weights)
            total += weight;
        var wanted = Ahead(0) * total;
        Pass(1);
        var last = -1;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] <= 0)
                continue;
            last = i;
            wanted -= weights[i];
            if (wanted < 0)
                return i;
        }
        return last; // the sum's rounding may leave a little over
    }
}
