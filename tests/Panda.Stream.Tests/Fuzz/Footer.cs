using System.Buffers.Binary;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>Spoils Parquet files: anywhere, or in the footer, whose length then still is right, or by a footer of another length.</summary>
internal static class Footer
{
    private const int Tail = 8;

    internal static Mutation Mutate(byte[] file, Random random)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - Tail));
        var pages = file[..(file.Length - Tail - length)];
        var footer = file[pages.Length..(pages.Length + length)];
        switch (random.Next(8))
        {
            case 0:
                var edge = random.Edge();
                return new($"a footer of {edge} bytes", [.. pages, .. footer, .. End(edge)]);
            case 1:
                var left = random.Next(length);
                return new($"{left} bytes left of the footer", [.. pages, .. footer[..left], .. End((uint)left)]);
            case 2 or 3 or 4:
                var spoilt = AnyBytes.Mutate(footer, random);
                return new($"in the footer: {spoilt.What}", [.. pages, .. spoilt.Bytes, .. End((uint)spoilt.Bytes.Length)]);
            default:
                return AnyBytes.Mutate(file, random);
        }
    }

    private static byte[] End(uint length)
    {
        var end = new byte[Tail];
        BinaryPrimitives.WriteUInt32LittleEndian(end, length);
        "PAR1"u8.CopyTo(end.AsSpan(4));
        return end;
    }
}
