namespace Panda.Stream.Native.FFmpeg;

/// <summary>What a file may make libav take, whatever its headers claim.</summary>
public static class LibavLimits
{
    /// <summary>Pixels of a picture: twice those of 8K (7680x4320). A header may claim 65535x65535, 6 GB a picture.</summary>
    public const int Pixels = 8192 * 8192;

    /// <summary>
    /// Bytes of one block of memory. A sample table takes 24 bytes for each sample that it claims, be it in the file or not: enough
    /// for 11 million, 50 hours at 60 frames a second, and for any plane of a picture within <see cref="Pixels"/>.
    /// </summary>
    public const int BlockBytes = 256 << 20;

    /// <summary>Streams of a file: a broadcast multiplex holds some tens, and each may claim a table of its own.</summary>
    public const int Streams = 200;
}
