using System.Globalization;

namespace Panda.Stream.Tuning.Charts;

/// <summary>An axis: from numbers to pixels, with ticks at round numbers.</summary>
internal sealed class Scale
{
    private static readonly int[] Round = [1, 2, 5, 10];

    private readonly double _from, _to, _pixelFrom, _pixelTo;

    /// <param name="wanted">About how many ticks.</param>
    /// <param name="widen">Whether the axis may reach beyond the numbers, to its next ticks.</param>
    public Scale(double least, double most, int wanted, bool widen, double pixelFrom, double pixelTo)
    {
        if (most <= least)
            (least, most) = least == 0 ? (0, 1) : (least - Math.Abs(least) * 0.05, most + Math.Abs(most) * 0.05);
        var step = Step((most - least) / wanted);
        (_from, _to) = widen ? (Math.Floor(least / step + 1e-9) * step, Math.Ceiling(most / step - 1e-9) * step) : (least, most);
        (_pixelFrom, _pixelTo) = (pixelFrom, pixelTo);
        var digits = Math.Max(0, (int)Math.Ceiling(-Math.Log10(step) - 1e-9));
        for (var tick = (long)Math.Ceiling(_from / step - 1e-9); tick * step <= _to + step * 1e-9; tick++)
            Ticks.Add((tick * step, (tick * step).ToString("F" + digits, CultureInfo.InvariantCulture)));
    }

    public List<(double Value, string Text)> Ticks { get; } = [];

    public double Pixel(double value) => _pixelFrom + (value - _from) / (_to - _from) * (_pixelTo - _pixelFrom);

    /// <summary>The least of 1, 2, 5, 10... (times a power of ten) that is not below the number.</summary>
    private static double Step(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return power * Round.First(factor => factor * power >= least * (1 - 1e-9));
    }
}
