namespace Panda.Stream.Splitting;

/// <summary>How much one frame differs from the one before it, as PySceneDetect's ContentDetector measures it.</summary>
/// <param name="Frame">0-based number of the frame.</param>
/// <param name="ContentVal">The mean of the three sums over all pixels; 0 for a first frame.</param>
/// <param name="SumHue">Sum of the absolute differences of hue (0..179, taken on a line, not a circle).</param>
/// <param name="SumSat">The same of saturation.</param>
/// <param name="SumLum">The same of value, which PySceneDetect calls luma.</param>
/// <param name="Pixels">Pixels of the small picture that was compared.</param>
public readonly record struct ContentScore(int Frame, double ContentVal, long SumHue, long SumSat, long SumLum, int Pixels)
{
    internal static ContentScore Of(int frame, long hue, long sat, long lum, int pixels)
    {
        // The order of these doubles is the reference's: each mean first, then their sum, then a third of it.
        double count = pixels;
        return new(frame, (hue / count + sat / count + lum / count) / 3.0, hue, sat, lum, pixels);
    }
}
