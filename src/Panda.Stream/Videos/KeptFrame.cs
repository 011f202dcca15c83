namespace Panda.Stream.Videos;

/// <summary>A decoded frame made small for the models: RGB24, rows without padding, upright and with square pixels.</summary>
/// <remarks>Allocated, not pooled: it lives as long as anything that wants it (a segment, a clip, the teachers), and there are some ten a second of video.</remarks>
/// <param name="Index">0-based number of the frame among the video's decoded frames.</param>
/// <param name="Pts">Presentation time in the stream's time base.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Rgb">3 * Width * Height bytes, row by row.</param>
public sealed record KeptFrame(int Index, long Pts, int Width, int Height, byte[] Rgb)
{
    /// <summary>Bytes that it takes beside its pixels: two objects, and its place in those that hold it.</summary>
    internal const int Overhead = 192;

    internal long Bytes => Overhead + Rgb.Length;
}
