using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// libav's log, kept off stderr. The last error line of each thread is remembered, because it says what a return code does not
/// ("moov atom not found" against "Invalid data found when processing input"); of a device that fails it is the first, which says why.
/// </summary>
public static unsafe partial class LibavLog
{
    private const int LineSize = 320;

    // Bytes, not a string: a badly broken video logs thousands of lines of which at most one is read.
    [ThreadStatic] private static byte[]? _line, _first;
    [ThreadStatic] private static int _length, _firstLength;
    [ThreadStatic] private static bool _goesOn, _firstGoesOn; // some lines are logged in pieces

    internal static void TakeOver() => AvUtil.av_log_set_callback(&Remember);

    /// <summary>Forgets this thread's last error line.</summary>
    public static void Clear() => (_length, _firstLength, _goesOn, _firstGoesOn) = (0, 0, false, false);

    /// <summary>The last error line that libav logged on this thread since <see cref="Clear"/>, or "".</summary>
    public static string LastError => WordsOf(Text(_line, _length));

    /// <summary>The first one.</summary>
    internal static string FirstError => WordsOf(Text(_first, _firstLength));

    /// <summary>The format or codec that logged the last one, or "".</summary>
    internal static string LastErrorSource => Source().Match(Text(_line, _length)).Groups[1].Value;

    private static string Text(byte[]? line, int length) => length == 0 ? "" : Encoding.UTF8.GetString(line!, 0, length);

    private static string WordsOf(string line) => Source().Replace(line, "").Trim();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Remember(nint source, int level, nint format, nint arguments)
    {
        ConcealedPictures.Look(source, level, format);
        if (level > LibavConstants.AV_LOG_ERROR)
            return;
        (_line, _first) = (_line ?? new byte[LineSize], _first ?? new byte[LineSize]);
        var (at, printPrefix) = _goesOn ? (_length, 0) : (0, 1);
        fixed (byte* line = _line)
        {
            var length = AvUtil.av_log_format_line2(source, level, format, arguments, line + at, LineSize - at, &printPrefix);
            _length = at + Math.Clamp(length, 0, LineSize - at - 1);
            _goesOn = _length is > 0 and < LineSize - 1 && line[_length - 1] != '\n';
        }
        if (_firstLength == 0 || _firstGoesOn)
        {
            _line.AsSpan(0, _firstLength = _length).CopyTo(_first);
            _firstGoesOn = _goesOn;
        }
    }

    // "[mov,mp4 @ 0x55d0c8] ", which libav puts before the words, with that of its owner before it.
    [GeneratedRegex(@"^(?:\[([^\]@]+) @ 0x[0-9a-f]+\] ?)+")]
    private static partial Regex Source();
}
