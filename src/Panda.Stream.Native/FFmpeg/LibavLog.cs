using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// libav's log, kept off stderr. The last error line of each thread is remembered, because it says what a return code does not
/// ("moov atom not found" against "Invalid data found when processing input").
/// </summary>
public static unsafe partial class LibavLog
{
    private const int LineSize = 320;

    // Bytes, not a string: a badly broken video logs thousands of lines of which at most one is read.
    [ThreadStatic] private static byte[]? _line;
    [ThreadStatic] private static int _length;

    internal static void TakeOver() => AvUtil.av_log_set_callback(&Remember);

    /// <summary>Forgets this thread's last error line.</summary>
    public static void Clear() => _length = 0;

    /// <summary>The last error line that libav logged on this thread since <see cref="Clear"/>, or "".</summary>
    public static string LastError => _length == 0 ? "" : Source().Replace(LastLine, "").Trim();

    /// <summary>The format or codec that logged it, or "".</summary>
    internal static string LastErrorSource => Source().Match(LastLine).Groups[1].Value;

    private static string LastLine => _length == 0 ? "" : Encoding.UTF8.GetString(_line!, 0, _length);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Remember(nint source, int level, nint format, nint arguments)
    {
        ConcealedPictures.Look(source, level, format);
        if (level > LibavConstants.AV_LOG_ERROR)
            return;
        _line ??= new byte[LineSize];
        var printPrefix = 1;
        fixed (byte* line = _line)
        {
            var length = AvUtil.av_log_format_line2(source, level, format, arguments, line, LineSize, &printPrefix);
            _length = Math.Clamp(length, 0, LineSize - 1);
        }
    }

    // "[mov,mp4 @ 0x55d0c8] ", which libav puts before the words, with that of its owner before it.
    [GeneratedRegex(@"^(?:\[([^\]@]+) @ 0x[0-9a-f]+\] ?)+")]
    private static partial Regex Source();
}
