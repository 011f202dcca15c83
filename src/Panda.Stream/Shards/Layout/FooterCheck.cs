using System.Buffers.Binary;

namespace Panda.Stream.Shards.Layout;

/// <summary>
/// Walks through a file's footer, in Thrift's compact protocol, before Parquet.Net does, which takes any length for granted
/// and never ends where a number goes on at the end.
/// Source: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
/// </summary>
internal ref struct FooterCheck
{
    // The length of the footer and PAR1 follow it; PAR1 stands at the beginning, too.
    private const int Tail = 8, Head = 4, Deepest = 16;

    private readonly ReadOnlySpan<byte> _footer;
    private int _at;

    private FooterCheck(ReadOnlySpan<byte> footer) => _footer = footer;

    /// <exception cref="InvalidDataException">There is no whole footer.</exception>
    internal static void Of(FileStream file)
    {
        if (file.Length < Head + Tail)
            throw new InvalidDataException($"found {file.Length} bytes, expected a Parquet file");
        Span<byte> tail = stackalloc byte[Tail];
        file.Seek(-Tail, SeekOrigin.End);
        file.ReadExactly(tail);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail.EndsWith("PAR1"u8))
            throw new InvalidDataException("found no PAR1 at its end, expected a whole Parquet file");
        if (length <= 0 || length > file.Length - Head - Tail)
            throw new InvalidDataException($"found a footer of {length} bytes in a file of {file.Length}");
        var footer = new byte[length];
        file.Seek(-Tail - length, SeekOrigin.End);
        file.ReadExactly(footer);
        var check = new FooterCheck(footer);
        check.Struct(depth: 0);
        if (check._at != length)
            throw new InvalidDataException($"found a footer that ends at byte {check._at}, expected {length}");
    }

    private void Struct(int depth)
    {
        if (depth > Deepest)
            throw Damaged();
        while (Byte() is var header and not 0)
        {
            if (header >> 4 == 0)
                Number(); // the field's own; else the distance from the field before
            Value(header & 15, depth);
        }
    }

    private void Value(int type, int depth)
    {
        switch (type)
        {
            case 1 or 2: // true, false
                break;
            case 3: // byte
                Skip(1);
                break;
            case 4 or 5 or 6: // i16, i32, i64
                Number();
                break;
            case 7: // double
                Skip(8);
                break;
            case 8: // text
                Skip(Number());
                break;
            case 9: // list
                List(depth + 1);
                break;
            case 12:
                Struct(depth + 1);
                break;
            default: // Parquet has no sets and maps.
                throw Damaged();
        }
    }

    private void List(int depth)
    {
        var header = Byte();
        var size = header >> 4 == 15 ? Number() : (ulong)(header >> 4);
        if (depth > Deepest || size > (ulong)(_footer.Length - _at))
            throw Damaged();
        for (; size > 0; size--)
            if ((header & 15) is 1 or 2)
                Skip(1);
            else
                Value(header & 15, depth);
    }

    private ulong Number()
    {
        ulong number = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var digit = Byte();
            number |= (ulong)(digit & 127) << shift;
            if (digit < 128)
                return number;
        }
        throw Damaged();
    }

    private int Byte()
    {
        Skip(1);
        return _footer[_at - 1];
    }

    private void Skip(ulong bytes)
    {
        if (bytes > (ulong)(_footer.Length - _at))
            throw Damaged();
        _at += (int)bytes;
    }

    private readonly InvalidDataException Damaged() => new($"found a damaged footer, at its byte {_at} of {_footer.Length}");
}
