namespace Panda.Stream.Videos;

/// <summary>How many decoded pictures a codec may have to hold at once: references, and those that wait for their turn to be shown.</summary>
internal static class CodecPictures
{
    // Largest picture buffers of the highest levels, 6.2 of both: H.264 (table A-1, MaxDpbMbs), HEVC (table A.8, MaxLumaPs; A.4.2).
    private const int H264Macroblocks = 696_320;
    private const long HevcSamples = 35_651_584;

    /// <param name="codec">libav's name of the codec.</param>
    public static int Most(string codec, int width, int height) => codec switch
    {
        "h264" => Math.Clamp(H264Macroblocks / Math.Max(1, (width + 15) / 16 * ((height + 15) / 16)), 1, 16),
        "hevc" => ((long)width * height) switch { <= HevcSamples / 4 => 16, <= HevcSamples / 2 => 12, <= HevcSamples / 4 * 3 => 8, _ => 6 },
        "vp8" => 4,
        "vp9" => 9,
        "av1" => 10,
        "mpeg1video" or "mpeg2video" or "mpeg4" or "msmpeg4v3" or "h263" or "flv1" or "wmv3" or "vc1" or "theora" => 3,
        "mjpeg" or "prores" or "dnxhd" or "rawvideo" or "ffv1" or "huffyuv" or "ffvhuff" or "cfhd" => 1,
        _ => 16,
    };
}
