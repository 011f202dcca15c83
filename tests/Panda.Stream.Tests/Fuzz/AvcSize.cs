using System.Buffers.Binary;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>H.264 parameter sets that claim pictures of another size than the slices have.</summary>
internal static class AvcSize
{
    private static readonly int[] Macroblocks = [1, 2, 60, 480, 512, 1024, 4096];

    /// <summary>The avcC of a sample description, or the parameter set of a raw stream, with another size; null when there is none that can be read.</summary>
    internal static Mutation? Lie(byte[] bytes, Random random)
    {
        var (width, height) = (random.Pick(Macroblocks), random.Pick(Macroblocks));
        if (Between(bytes) is not { } place || WithSize(bytes.AsSpan(place.Start, place.Length), width, height) is not { } parameters)
            return null;
        byte[] lying = [.. bytes[..place.Start], .. parameters, .. bytes[(place.Start + place.Length)..]];
        var grown = parameters.Length - place.Length;
        if (place.InContainer)
        {
            BinaryPrimitives.WriteUInt16BigEndian(lying.AsSpan(place.Start - 2), (ushort)parameters.Length);
            var box = bytes.AsSpan().IndexOf("avcC"u8) - 4;
            BinaryPrimitives.WriteUInt32BigEndian(lying.AsSpan(box), BinaryPrimitives.ReadUInt32BigEndian(lying.AsSpan(box)) + (uint)grown);
            BinaryPrimitives.WriteUInt32BigEndian(lying.AsSpan(8), BinaryPrimitives.ReadUInt32BigEndian(lying.AsSpan(8)) + (uint)grown);
        }
        return new($"a parameter set of {16 * width}x{16 * height} pixels", lying);
    }

    /// <summary>Where the parameter set lies: behind its length in avcC, or between start codes.</summary>
    private static (int Start, int Length, bool InContainer)? Between(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("avcC"u8) is >= 0 and var box && box + 12 < bytes.Length)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(box + 10)..]);
            return box + 12 + length <= bytes.Length && length > 4 ? (box + 12, length, true) : null;
        }
        if (bytes.IndexOf((ReadOnlySpan<byte>)[0, 0, 1, 0x67]) is >= 0 and var code && bytes[(code + 4)..].IndexOf((ReadOnlySpan<byte>)[0, 0, 1]) is > 0 and var next)
            return (code + 3, next + 1, false);
        return null;
    }

    private static byte[]? WithSize(ReadOnlySpan<byte> nal, int width, int height)
    {
        var bits = new Bits(nal);
        var profile = bits.Take(8 + 8 + 8 + 8) >> 16 & 0xFF;
        bits.TakeCount();
        if (profile is 100 or 110 or 122 or 244)
        {
            if (bits.TakeCount() == 3)
                bits.Take(1);
            bits.TakeCount();
            bits.TakeCount();
            if ((bits.Take(2) & 1) == 1)
                return null; // with scaling lists, which are not read here
        }
        bits.TakeCount();
        if (bits.TakeCount() != 0)
            return null;
        bits.TakeCount();
        bits.TakeCount();
        bits.Take(1);
        var before = bits.Position;
        bits.TakeCount();
        bits.TakeCount();
        return bits.Replaced(before, width - 1, height - 1);
    }

    /// <summary>The bits of a NAL unit without the bytes that keep start codes out of it.</summary>
    private sealed class Bits
    {
        private readonly List<bool> _bits = [];

        public Bits(ReadOnlySpan<byte> nal)
        {
            var zeros = 0;
            foreach (var value in nal)
            {
                if (zeros >= 2 && value == 3)
                {
                    zeros = 0;
                    continue;
                }
                zeros = value == 0 ? zeros + 1 : 0;
                Add(value, 8);
            }
        }

        public int Position { get; private set; }

        public uint Take(int count)
        {
            uint value = 0;
            for (; count > 0; count--)
                value = value << 1 | (Position < _bits.Count && _bits[Position++] ? 1u : 0);
            return value;
        }

        public uint TakeCount()
        {
            var zeros = 0;
            while (Position < _bits.Count && Take(1) == 0 && zeros < 31)
                zeros++;
            return (1u << zeros) - 1 + Take(zeros);
        }

        public byte[] Replaced(int from, params ReadOnlySpan<int> counts)
        {
            var rest = _bits[Position..];
            _bits.RemoveRange(from, _bits.Count - from);
            foreach (var count in counts)
            {
                var length = 32 - int.LeadingZeroCount(count + 1);
                Add(0, length - 1);
                Add((uint)count + 1, length);
            }
            _bits.AddRange(rest);
            return ToNal();
        }

        private void Add(uint value, int count)
        {
            for (var bit = count - 1; bit >= 0; bit--)
                _bits.Add((value >> bit & 1) == 1);
        }

        private byte[] ToNal()
        {
            var nal = new List<byte>();
            var zeros = 0;
            foreach (var eight in _bits.Chunk(8))
            {
                var value = (byte)eight.Select((bit, i) => bit ? 128 >> i : 0).Sum();
                if (zeros >= 2 && value <= 3)
                {
                    nal.Add(3);
                    zeros = 0;
                }
                zeros = value == 0 ? zeros + 1 : 0;
                nal.Add(value);
            }
            return [.. nal];
        }
    }
}
