using System.Buffers.Binary;
using System.Text;

namespace Panda.Stream.Native;

/// <summary>What a shared library's file says of itself, without loading it.</summary>
internal static class ElfFile
{
    private const int HeaderBytes = 64, Load = 1, Dynamic = 2; // p_type
    private const ulong Null = 0, NeededName = 1, Strings = 5; // d_tag
    private const ushort Amd64 = 62;

    /// <summary>The names of the libraries that it is linked against.</summary>
    /// <exception cref="InvalidDataException">It is no library for this machine, or is cut short.</exception>
    internal static IReadOnlyList<string> Needed(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var header = Read(file, 0, HeaderBytes);
            if (!header.AsSpan(0, 6).SequenceEqual("\u007fELF\u0002\u0001"u8) || BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(18)) != Amd64)
                throw new InvalidDataException($"found {path}, which is no library for x86-64");
            var (entry, count) = (BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(54)), BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(56)));
            var table = Read(file, Number(header, 32), entry * count);
            var segments = Enumerable.Range(0, count).Select(i => table[(i * entry)..((i + 1) * entry)])
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
