using System.Buffers.Binary;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Videos;

/// <summary>
/// What the sample tables of an MP4 or QuickTime file claim, read before libav builds an index of it: a file of some kilobytes may
/// claim millions of samples in each of its tracks, and libav takes 24 bytes and some time for each, there or not.
/// </summary>
internal static class Mp4Tables
{
    // The index of a file has room for as many in one track: 50 hours at 60 frames a second.
    private const long MostSamples = 11_000_000;

    // libav itself stops at ten.
    private const int MostLevels = 12;

    // Every fragment of a live recording is two.
    private const int MostAtoms = 1_000_000;

    // libav looks for tables in any of these, wherever they lie.
    private static readonly HashSet<string> Containers = ["moov", "trak", "mdia", "minf", "stbl", "edts", "dinf", "mvex", "udta", "tref", "wave", "sinf", "schi", "ilst"];

    /// <summary>Why the tables of a file are refused; null when they are not, or it has none.</summary>
    internal static string? Refusal(string path)
    {
        using var file = RegularFile.Open(path);
        var claims = new Claims();
        Read(file, file.Length, MostLevels, claims);
        return claims.Compressed ? "found a header that is compressed (cmov), expected one that can be looked into"
            : claims.Samples > MostSamples ? $"found tables of {claims.Samples} samples, expected at most {MostSamples}"
            : null;
    }

    private sealed class Claims
    {
        public long Samples { get; set; }
        public bool Compressed { get; set; }
        public int Atoms { get; set; }
    }

    private static void Read(FileStream file, long end, int levels, Claims claims)
    {
        Span<byte> head = stackalloc byte[16];
        long samples = 0;
        var isSound = false;
        while (levels > 0 && file.Position + 8 <= end && ++claims.Atoms < MostAtoms)
        {
            var start = file.Position;
            file.ReadExactly(head[..8]);
            long size = BinaryPrimitives.ReadUInt32BigEndian(head);
            if (size == 1 && file.Position + 8 <= end)
            {
                file.ReadExactly(head[8..]);
                size = BinaryPrimitives.ReadInt64BigEndian(head[8..]);
            }
            var next = size == 0 || size > end - start ? end : start + size;
            if (next < file.Position)
                break;
            var type = System.Text.Encoding.Latin1.GetString(head[4..8]);
            if (Containers.Contains(type))
                Read(file, next, levels - 1, claims);
            else if (type is "stsz" or "stz2" && next - file.Position >= 12)
                samples += Number(file, 8);
            else if (type == "stts" && next - file.Position >= 16)
                isSound = Number(file, 4) == 1 && Number(file, 12) == 1;
            else if (type == "cmov")
                claims.Compressed = true;
            file.Position = next;
        }
        // Plain sound counts every tick as a sample, and is indexed by its chunks.
        claims.Samples += isSound ? 0 : samples;
    }

    private static uint Number(FileStream file, int offset)
    {
        Span<byte> number = stackalloc byte[4];
        var start = file.Position;
        file.Position += offset;
        file.ReadExactly(number);
        file.Position = start;
        return BinaryPrimitives.ReadUInt32BigEndian(number);
    }
}
