using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>What a picture may be like for the engine to take memory for it.</summary>
internal static class VideoLimits
{
    /// <summary>Pixels of a side: what codecs in use can say, and twice 8K.</summary>
    internal const int Side = 16384;

    /// <summary>
    /// The longer side over the shorter one. Models want the short side at some 224 pixels, so that a picture of 2x16384 would be
    /// kept at 224x1835008, 1.2 GB; the widest films and panoramas stay far below this.
    /// </summary>
    internal const int Aspect = 32;

    /// <summary>
    /// How often, on average, each byte of a file may be read. An edit list shows parts again, each from the keyframe before it;
    /// sample tables that lead to the same pictures again and again would keep the decoder busy for days with a file of a few kilobytes.
    /// </summary>
    internal const int Readings = 8;

    /// <summary>Why pictures of this size are refused; null when they are not.</summary>
    internal static string? Refusal(int width, int height, double pixelAspect)
    {
        if (Math.Max(width, height) > Side || (long)width * height > LibavLimits.Pixels)
            return $"found pictures of {width}x{height}, expected sides up to {Side} and at most {LibavLimits.Pixels} pixels";
        var shown = width * pixelAspect / height;
        return shown is > Aspect or < 1.0 / Aspect
            ? $"found pictures of {width}x{height}{(pixelAspect == 1 ? "" : $" with pixels {pixelAspect:0.##} times as wide as high")}, expected one side at most {Aspect} times the other"
            : null;
    }
}
