using System.Runtime.InteropServices;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// The container formats whose files hold all that they show. The others name files or addresses, which libav then opens: a
/// playlist that is called holiday.mp4 could draw in any file of this machine, or a pipe that never ends.
/// </summary>
internal static class SelfContainedFormats
{
    private static readonly HashSet<string> NamingOthers = new(StringComparer.Ordinal)
    {
        "hls", "dash", "webm_dash_manifest", "concat", "imf", "sdp", "rtsp", "rtp", "sap", "vobsub", "image2", "lavfi", "tedcaptions",
    };

    private static readonly Lazy<string> Names = new(() => string.Join(',', All().Where(name => !NamingOthers.Contains(name))));

    /// <summary>Their names, as libav's option <c>format_whitelist</c> takes them.</summary>
    internal static string List => Names.Value;

    private static IEnumerable<string> All()
    {
        nint place = 0;
        while (AvFormat.av_demuxer_iterate(ref place) is not 0 and var demuxer)
            yield return NameOf(demuxer);
    }

    private static unsafe string NameOf(nint demuxer) => Marshal.PtrToStringUTF8(*(nint*)(demuxer + LibavLayout.AVInputFormat_name)) ?? "";
}
