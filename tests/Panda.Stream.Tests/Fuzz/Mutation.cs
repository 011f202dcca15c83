namespace Panda.Stream.Tests.Fuzz;

/// <summary>A spoilt file, and in words what was done to it.</summary>
internal sealed record Mutation(string What, byte[] Bytes);

/// <summary>What can be done to any file.</summary>
internal static class AnyBytes
{
    /// <summary>Numbers at which counts and sizes go wrong.</summary>
    internal static readonly uint[] Edges = [0, 1, 2, 7, 8, 0x7F, 0xFF, 0xFFFF, 0x10000, 100_000, 10_000_000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF];

    internal static uint Edge(this Random random) => Edges[random.Next(Edges.Length)];

    internal static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    internal static Mutation Mutate(byte[] file, Random random) => random.Next(7) switch
    {
        0 => Flip(file, random, 1 + random.Next(8)),
        1 => Flip(file, random, Math.Max(1, file.Length / (100 + random.Next(10_000)))),
        2 => Cut(file, random),
        3 => Noise(file, random),
        4 => Remove(file, random),
        5 => Repeat(file, random),
        _ => new("noise put in front", [.. Noise(random, random.Next(1, 200)), .. file]),
    };

    private static Mutation Flip(byte[] file, Random random, int bits)
    {
        var copy = file.ToArray();
        for (var i = 0; i < bits; i++)
            copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return new($"{bits} bits flipped", copy);
    }

    private static Mutation Cut(byte[] file, Random random)
    {
        var at = random.Next(file.Length);
        return new($"cut at {at} of {file.Length}", file[..at]);
    }

    private static Mutation Noise(byte[] file, Random random)
    {
        var copy = file.ToArray();
        var (at, length) = Span(file, random);
        random.NextBytes(copy.AsSpan(at, length));
        return new($"{length} bytes of noise at {at}", copy);
    }

    private static Mutation Remove(byte[] file, Random random)
    {
        var (at, length) = Span(file, random);
        return new($"{length} bytes taken out at {at}", [.. file[..at], .. file[(at + length)..]]);
    }

    private static Mutation Repeat(byte[] file, Random random)
    {
        var (at, length) = Span(file, random);
        var times = random.Next(2, 20);
        return new($"{length} bytes at {at} {times} times", [.. file[..at], .. Enumerable.Repeat(file[at..(at + length)], times).SelectMany(part => part), .. file[at..]]);
    }

    private static (int At, int Length) Span(byte[] file, Random random)
    {
        var at = random.Next(file.Length);
        return (at, Math.Min(file.Length - at, 1 + random.Next(Math.Max(2, file.Length / 8))));
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
