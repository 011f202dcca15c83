using System.Security;
using System.Text;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Config.Binding;

/// <summary>The text of a small UTF-8 file, or a diagnostic that says why there is none.</summary>
internal static class TextFile
{
    // A configuration or card is a few kilobytes; whatever is larger is a video or a model named by mistake.
    private const int MaxBytes = 1 << 20;

    /// <param name="mayBePipe">Whether the user named it himself, and so may have named a pipe: bash's <c><![CDATA[<(...)]]></c>.</param>
    public static string? Read(string path, string source, ICollection<Diagnostic> diagnostics, bool mayBePipe = false)
    {
        try
        {
            if (Directory.Exists(path))
                return Fail("found a folder, expected a YAML file");
            using var file = mayBePipe ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read) : RegularFile.Open(path);
            // One byte more than allowed tells "too large" for files whose length is not known, such as pipes.
            var bytes = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > MaxBytes
                ? Fail($"found more than {MaxBytes} bytes, expected a YAML file of a few kilobytes")
                : Decode(bytes.AsSpan(0, length), source, diagnostics);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Fail("found no such file, expected a YAML file");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SecurityException or ArgumentException or NotSupportedException)
        {
            return Fail($"the file cannot be read: {error.Message}");
        }

        string? Fail(string message)
        {
            diagnostics.Add(new(new(source), DiagnosticCode.UnreadableFile, message));
            return null;
        }
    }

    /// <summary>UTF-8 to text; a byte order mark of UTF-8 is allowed.</summary>
    internal static string? Decode(ReadOnlySpan<byte> bytes, string source, ICollection<Diagnostic> diagnostics)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..])
        {
            diagnostics.Add(new(new(source, 1, 1), DiagnosticCode.UnreadableFile, "found UTF-16 or binary data, expected text in UTF-8"));
            return null;
        }
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
            bytes = bytes[3..];
        var valid = ValidLength(bytes);
        if (valid == bytes.Length)
            return Encoding.UTF8.GetString(bytes);

        var before = Encoding.UTF8.GetString(bytes[..valid]);
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        diagnostics.Add(new(new(source, line, column), DiagnosticCode.UnreadableFile, $"found the byte 0x{bytes[valid]:X2}, expected text in UTF-8"));
        return null;
    }

    private static int ValidLength(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Rune.DecodeFromUtf8(bytes[at..], out _, out var taken) == System.Buffers.OperationStatus.Done)
            at += taken;
        return at;
    }
}
