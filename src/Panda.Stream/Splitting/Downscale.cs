namespace Panda.Stream.Splitting;

/// <summary>The rule by which a picture is made small before it is scored; PySceneDetect changed its own in 0.6.5.</summary>
public enum Downscale
{
    /// <summary>Divide by width / 256, rounded down (PySceneDetect up to 0.6.4, the age of the dataset).</summary>
    Width256,

    /// <summary>Divide by the longer side / 256, not rounded (PySceneDetect from 0.6.5 on).</summary>
    Longest256,
}

public static class DownscaleRules
{
    /// <summary>The size at which an upright picture of this size is scored.</summary>
    public static (int Width, int Height) SmallSize(this Downscale rule, int width, int height)
    {
        var longest = Math.Max(width, height);
        var factor = rule switch
        {
            Downscale.Width256 => Math.Max(1, width / 256),
            Downscale.Longest256 => longest < 256 ? 1 : longest / 256.0,
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "expected Width256 or Longest256"),
        };
        return (Shrink(width, factor), Shrink(height, factor));
    }

    private static int Shrink(int size, double factor) =>
        Math.Max(1, (int)Math.Round(size / factor, MidpointRounding.ToEven));
}
