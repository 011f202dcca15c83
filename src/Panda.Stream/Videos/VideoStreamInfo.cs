using Panda.Stream.Native;
using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>What is known of a video: by its header, and for certain once its first frame is decoded.</summary>
/// <param name="Container">libav's names of the container, e.g. <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</param>
/// <param name="Codec">libav's name of the codec, e.g. <c>h264</c>.</param>
/// <param name="PixelFormat">Pixel format of the first frame, e.g. <c>yuv420p</c>.</param>
/// <param name="Width">Width of the first frame as coded: before rotation, in pixels that need not be square.</param>
/// <param name="Height">Height of the first frame as coded.</param>
/// <param name="Rotation">Degrees clockwise by which players turn the frames: 0, 90, 180 or 270 (other angles: the nearest of these).</param>
/// <param name="SampleAspect">Width of a pixel over its height; 1/1 where the file does not say or says nonsense.</param>
/// <param name="FrameRate">Average frames a second, as the container tells.</param>
/// <param name="TimeBase">Unit of every pts, in seconds.</param>
/// <param name="StartPts">Pts at which the stream starts; seconds count from here.</param>
/// <param name="DurationSeconds">Length as the container tells or libav estimates; null when neither can.</param>
/// <param name="FrameCountEstimate">Frames as the container counts them, or length times rate; null when not known. Edit lists and damage make it differ from the frames decoded.</param>
public sealed record VideoStreamInfo(
    string Container, string Codec, string PixelFormat, int Width, int Height, int Rotation, Rational SampleAspect,
    Rational FrameRate, Rational TimeBase, long StartPts, double? DurationSeconds, long? FrameCountEstimate)
{
    /// <summary>Width as a player shows it: turned, with square pixels.</summary>
    public int DisplayWidth => Display.Width;

    /// <summary>Height as a player shows it.</summary>
    public int DisplayHeight => Display.Height;

    /// <summary>Seconds from the start of the stream to a pts.</summary>
    public double Seconds(long pts) => (double)(pts - StartPts) * TimeBase.Numerator / TimeBase.Denominator;

    private (int Width, int Height) Display
    {
        get
        {
            var square = Math.Max(1, (int)Math.Round(Width * SampleAspect.ToDouble()));
            return Rotation is 90 or 270 ? (Height, square) : (square, Height);
        }
    }

    /// <param name="first">The first frame, whose size and format hold whatever the header says; null while there is only the header.</param>
    internal static VideoStreamInfo Of(MediaInput input, MediaStream stream, Frame? first)
    {
        var rate = stream.AverageFrameRate.IsPositive ? stream.AverageFrameRate
            : stream.BaseFrameRate.IsPositive ? stream.BaseFrameRate
            : new Rational(25, 1); // What libav itself assumes for streams that do not tell.
        var duration = stream.Duration is > 0 and var ticks ? (double)ticks * stream.TimeBase.Numerator / stream.TimeBase.Denominator : input.Duration;
        return new VideoStreamInfo(
            input.FormatName, stream.Codec, Frame.NameOf(first?.Format ?? stream.Format), first?.Width ?? stream.Width, first?.Height ?? stream.Height,
            (int)Math.Round(stream.Rotation / 90.0) % 4 * 90, SaneAspect(stream.SampleAspect), rate, stream.TimeBase,
            Math.Min(stream.StartPts ?? long.MaxValue, first?.Pts ?? long.MaxValue) is var start && start < long.MaxValue ? start : 0, duration,
            stream.FrameCount > 0 ? stream.FrameCount : duration is { } length ? (long)Math.Round(length * rate.ToDouble()) : null);
    }

    // Broken headers hold any number; no real format stretches pixels tenfold.
    private static Rational SaneAspect(Rational aspect) =>
        aspect.IsPositive && aspect.ToDouble() is > 0.1 and < 10 ? aspect : new Rational(1, 1);
}
