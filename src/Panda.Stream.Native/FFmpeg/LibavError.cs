using System.Runtime.InteropServices;
using System.Text;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>A libav call failed; the message holds libav's own words for the code and the error line it logged.</summary>
public class LibavException(int code, string message) : Exception(message)
{
    /// <summary>libav's negative return code.</summary>
    public int Code { get; } = code;
}

/// <summary>A file is of a format that is not read; the message says found and expected.</summary>
public sealed class MediaFormatException(int code, string message) : LibavException(code, message);

/// <summary>libav's return codes as text.</summary>
public static unsafe class LibavError
{
    /// <summary>libav's description of a negative return code.</summary>
    public static string Text(int code)
    {
        var buffer = stackalloc byte[128];
        // It fails for codes it does not know, and still writes a text.
        _ = AvUtil.av_strerror(code, buffer, 128);
        return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer));
    }

    /// <summary><see cref="Text"/>, followed by the error line that this thread logged, if any.</summary>
    public static string TextAndLog(int code) =>
        LibavLog.LastError is { Length: > 0 } line ? $"{Text(code)}; {line}" : Text(code);

    /// <summary><see cref="Text"/>, followed by the first error line that this thread logged, if any.</summary>
    internal static string TextAndFirst(int code) =>
        LibavLog.FirstError is { Length: > 0 } line ? $"{Text(code)}; {line}" : Text(code);

    /// <summary>Passes a return code on, unless it is an error.</summary>
    internal static int Ok(this int code, string call) =>
        code >= 0 ? code : throw new LibavException(code, $"{call}: {TextAndLog(code)}");

    /// <summary>Passes an allocated object on, unless libav found no memory for it.</summary>
    internal static T Allocated<T>(this T handle, string call) where T : SafeHandle =>
        !handle.IsInvalid ? handle : throw new InsufficientMemoryException($"{call}: libav found no memory.");
}
