namespace Panda.Stream.Native.FFmpeg;

/// <summary>What the container says of one of its streams.</summary>
/// <param name="Kind">video, audio, subtitle, data or unknown.</param>
/// <param name="Codec">libav's name of the codec, e.g. h264.</param>
/// <param name="Width">Width of the pictures as stored, 0 when not a video or not known.</param>
/// <param name="Format">Pixel format of the pictures (<c>AVPixelFormat</c>), -1 when not a video or not known.</param>
/// <param name="TimeBase">Unit of the stream's timestamps in seconds.</param>
/// <param name="StartPts">First timestamp, null when not known.</param>
/// <param name="Duration">Length in units of the time base, null when not known.</param>
/// <param name="FrameCount">Frames as the container counts them, 0 when it does not.</param>
/// <param name="AverageFrameRate">Frames a second over the whole stream; 0/0 or 0/1 when not known.</param>
/// <param name="BaseFrameRate">libav's guess of the rate in which all timestamps can be told.</param>
/// <param name="SampleAspect">Width of a pixel over its height; 0/1 when not known.</param>
/// <param name="Rotation">Degrees clockwise by which the pictures are to be turned for display, 0 to 359.</param>
/// <param name="IsAttachedPicture">A cover or thumbnails, not a film.</param>
/// <param name="IsStillImage">One picture meant to stand.</param>
public sealed record MediaStream(
    int Index, string Kind, string Codec, int Width, int Height, int Format, Rational TimeBase, long? StartPts, long? Duration, long FrameCount,
    Rational AverageFrameRate, Rational BaseFrameRate, Rational SampleAspect, int Rotation, bool IsAttachedPicture, bool IsStillImage)
{
    public bool IsVideo => Kind == "video";
}
