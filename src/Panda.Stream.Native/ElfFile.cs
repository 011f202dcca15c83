using System.Buffers.Binary;
using System.Text;

namespace Panda.Stream.Native;

/// <summary>What a shared library's file says of itself, without loading it.</summary>
internal static class ElfFile
{
    private const int HeaderBytes = 64, SegmentBytes = 56, Load = 1, Dynamic = 2; // p_type
    private const ulong Null = 0, NeededName = 1, Strings = 5; // d_tag
    private const ushort Amd64 = 62;

    // Of 64 bits, little-endian.
    private static ReadOnlySpan<byte> Magic => "\u007fELF\u0002\u0001"u8;

    /// <summary>How much of a library is not there: it would be mapped as its headers say, and the first touch of a page beyond its end would end the process.</summary>
    /// <returns>In words; null when nothing is missing, or the file is none of the kind, of which the system's loader says more.</returns>
    internal static string? CutShort(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var bytes = RandomAccess.GetLength(file);
            var header = new byte[HeaderBytes];
            var read = RandomAccess.Read(file, header, 0);
            if (!header.AsSpan().StartsWith(Magic))
                return null;
            UInt128 expected = HeaderBytes;
            if (read == HeaderBytes)
            {
                var (segments, segmentsBytes) = Segments(header);
                expected = UInt128.Max((UInt128)segments + (uint)segmentsBytes, (UInt128)Number(header, 40) + (uint)(Short(header, 58) * Short(header, 60)));
                if (expected <= (UInt128)bytes)
                    expected = Read(file, segments, segmentsBytes).Chunk(SegmentBytes).Select(segment => (UInt128)Number(segment, 8) + Number(segment, 32)).Append(expected).Max();
            }
            return expected > (UInt128)bytes ? $"cut short: found {bytes} bytes, expected {expected}" : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="InvalidDataException">It is cut short.</exception>
    internal static void RequireWhole(string path)
    {
        if (CutShort(path) is { } cut)
            throw new InvalidDataException($"found {path}, a library that is {cut}");
    }

    /// <summary>The names of the libraries that it is linked against.</summary>
    /// <exception cref="InvalidDataException">It is no library for this machine, or is cut short.</exception>
    internal static IReadOnlyList<string> Needed(string path)
    {
        RequireWhole(path);
        try
        {
            using var file = File.OpenHandle(path);
            var header = Read(file, 0, HeaderBytes);
            if (!header.AsSpan().StartsWith(Magic) || Short(header, 18) != Amd64)
                throw new InvalidDataException($"found {path}, which is no library for x86-64");
            var (table, tableBytes) = Segments(header);
            var segments = Read(file, table, tableBytes).Chunk(SegmentBytes)
                .Select(segment => (Type: BinaryPrimitives.ReadInt32LittleEndian(segment), Offset: Number(segment, 8), Address: Number(segment, 16), Bytes: Number(segment, 32))).ToArray();
            var place = segments.FirstOrDefault(segment => segment.Type == Dynamic);
            var dynamic = Read(file, place.Offset, checked((int)place.Bytes));
            var entries = dynamic.Chunk(16).Where(pair => pair.Length == 16).Select(pair => (Tag: Number(pair, 0), Value: Number(pair, 8))).TakeWhile(pair => pair.Tag != Null).ToArray();
            var address = entries.FirstOrDefault(pair => pair.Tag == Strings).Value;
            var holder = segments.FirstOrDefault(segment => segment.Type == Load && address >= segment.Address && address < segment.Address + segment.Bytes);
            return [.. entries.Where(pair => pair.Tag == NeededName).Select(pair => Text(file, holder.Offset + address - holder.Address + pair.Value))];
        }
        catch (Exception error) when (error is EndOfStreamException or OverflowException)
        {
            throw new InvalidDataException($"found {path}, a library that is cut short", error);
        }
    }

    private static (ulong Table, int Bytes) Segments(byte[] header) => (Number(header, 32), Short(header, 54) == SegmentBytes ? SegmentBytes * Short(header, 56) : 0);

    private static ushort Short(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static ulong Number(byte[] bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));

    private static byte[] Read(Microsoft.Win32.SafeHandles.SafeFileHandle file, ulong offset, int bytes)
    {
        var read = new byte[bytes];
        return RandomAccess.Read(file, read, checked((long)offset)) == bytes ? read : throw new EndOfStreamException();
    }

    private static string Text(Microsoft.Win32.SafeHandles.SafeFileHandle file, ulong offset)
    {
        Span<byte> name = stackalloc byte[256];
        var read = RandomAccess.Read(file, name, checked((long)offset));
        var end = name[..read].IndexOf((byte)0);
        return end >= 0 ? Encoding.UTF8.GetString(name[..end]) : throw new EndOfStreamException();
    }
}
