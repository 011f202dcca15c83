namespace Panda.Stream.Selection.Calibration;

/// <summary>What a threshold makes of judged captions: those whose score is at least <paramref name="Threshold"/> are kept.</summary>
/// <param name="Threshold">The shortest decimal number that parts the kept from the others, of two digits or more.</param>
/// <param name="Good">Good captions among all; likewise the next.</param>
/// <param name="KeptGood">Good captions among the kept.</param>
public sealed record RocPoint(double Threshold, int Good, int Wrong, int KeptGood, int KeptWrong)
{
    public int Kept => KeptGood + KeptWrong;

    /// <summary>Part of the good captions that is kept.</summary>
    public double TruePositiveRate => (double)KeptGood / Good;

    /// <summary>Part of the wrong captions that is kept.</summary>
    public double FalsePositiveRate => (double)KeptWrong / Wrong;

    /// <summary>Part of the kept captions that is good.</summary>
    public double Precision => Kept > 0 ? (double)KeptGood / Kept : 0;

    /// <summary>Mean of the parts of good and of wrong captions that are told rightly.</summary>
    public double BalancedAccuracy => (TruePositiveRate + 1 - FalsePositiveRate) / 2;
}

/// <summary>How well scores tell good captions from wrong ones (receiver operating characteristic).</summary>
public sealed class RocCurve
{
    private const int FewestDigits = 2, MostDigits = 15;

    private readonly double[] _good, _wrong; // both ascending

    private RocCurve(double[] good, double[] wrong)
    {
        (_good, _wrong) = (good, wrong);
        double[] scores = [.. good.Union(wrong).Order()];
        Points = [.. scores.Select((score, i) => At(Between(i > 0 ? scores[i - 1] : double.NegativeInfinity, score)))];
        // Of equals the one that keeps more.
        Best = Points.MaxBy(point => point.BalancedAccuracy)!;
        // Of all pairs of a good and a wrong caption, those in the right order; a tie is half of one.
        Auc = _good.Sum(score => Below(_wrong, score) + (Below(_wrong, double.BitIncrement(score)) - Below(_wrong, score)) / 2.0) / ((double)_good.Length * _wrong.Length);
    }

    /// <summary>The curve of scores; null where all captions are good, or none is.</summary>
    /// <param name="judged">Scores, finite, and whether their captions are good.</param>
    public static RocCurve? Of(IReadOnlyCollection<(double Score, bool Good)> judged)
    {
        double[] good = [.. judged.Where(one => one.Good).Select(one => one.Score).Order()], wrong = [.. judged.Where(one => !one.Good).Select(one => one.Score).Order()];
        return good.Length > 0 && wrong.Length > 0 ? new(good, wrong) : null;
    }

    /// <summary>A point for each different score, those that keep more first.</summary>
    public IReadOnlyList<RocPoint> Points { get; }

    /// <summary>The point with the best balanced accuracy.</summary>
    public RocPoint Best { get; }

    /// <summary>The area under the curve: how likely a good caption scores higher than a wrong one; 0.5 is chance.</summary>
    public double Auc { get; }

    /// <summary>What a threshold makes of the captions.</summary>
    public RocPoint At(double threshold) =>
        new(threshold, _good.Length, _wrong.Length, _good.Length - Below(_good, threshold), _wrong.Length - Below(_wrong, threshold));

    /// <summary>How many of ascending numbers are less.</summary>
    private static int Below(double[] ascending, double number)
    {
        int low = 0, high = ascending.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ascending[middle] < number)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static double Between(double dropped, double kept)
    {
        var middle = double.IsFinite(dropped) ? (dropped + kept) / 2 : kept;
        for (var digits = FewestDigits; digits <= MostDigits; digits++)
        {
            var rounded = Math.Round(middle, digits);
            // Below the least score any number will do.
            if (rounded > kept && !double.IsFinite(dropped))
                rounded = Math.Round(middle - Math.Pow(10, -digits), digits);
            if (rounded > dropped && rounded <= kept)
                return rounded;
        }
        return kept;
    }
}
