namespace Panda.Stream.Tests.Fuzz;

/// <summary>Matroska and WebM files spoilt by their elements.</summary>
internal static class Matroska
{
    private sealed record Element(uint Id, byte[] Data, List<Element>? Children)
    {
        /// <summary>What stands where the size should.</summary>
        public byte[]? ClaimedSize { get; set; }

        public byte[] Data { get; set; } = Data;

        public IEnumerable<Element> All => Children is null ? [this] : Children.SelectMany(child => child.All).Prepend(this);

        public byte[] ToBytes()
        {
            byte[] inside = Children is null ? Data : [.. Children.SelectMany(child => child.ToBytes())];
            return [.. IdBytes(), .. ClaimedSize ?? Size(inside.Length), .. inside];
        }

        private byte[] IdBytes() => [.. new[] { 24, 16, 8, 0 }.Where(shift => Id >> shift != 0).Select(shift => (byte)(Id >> shift))];

        private static byte[] Size(int length) => [0x08, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
    }

    // Segment, Info, Tracks, TrackEntry, Video, Cluster, BlockGroup, Cues, CuePoint
    private static readonly HashSet<uint> Containers = [0x18538067, 0x1549A966, 0x1654AE6B, 0xAE, 0xE0, 0x1F43B675, 0xA0, 0x1C53BB6B, 0xBB];

    // TimestampScale, Duration, DefaultDuration, PixelWidth, PixelHeight, DisplayWidth, DisplayHeight, cluster Timestamp, TrackNumber, TrackType
    private static readonly HashSet<uint> Numbers = [0x2AD7B1, 0x4489, 0x23E383, 0xB0, 0xBA, 0x54B0, 0x54BA, 0xE7, 0xD7, 0x83];

    internal static Mutation Mutate(byte[] file, Random random)
    {
        var root = new Element(0, [], Parse(file));
        if (root.Children!.Count == 0)
            return AnyBytes.Mutate(file, random);
        var what = random.Next(6) switch
        {
            0 => Move(root, random),
            1 => Double(root, random),
            2 => Remove(root, random),
            3 => ClaimSize(root, random),
            _ => Lie(root, random),
        };
        return new(what, [.. root.Children.SelectMany(element => element.ToBytes())]);
    }

    private static List<Element> Parse(ReadOnlySpan<byte> bytes)
    {
        var elements = new List<Element>();
        while (bytes.Length > 2)
        {
            var (idLength, sizeLength) = (byte.LeadingZeroCount(bytes[0]) + 1, 0);
            if (idLength > 4 || bytes.Length <= idLength || (sizeLength = byte.LeadingZeroCount(bytes[idLength]) + 1) > 8 || bytes.Length < idLength + sizeLength)
                break;
            uint id = 0;
            foreach (var part in bytes[..idLength])
                id = id << 8 | part;
            var size = (long)bytes[idLength] & (1 << (8 - sizeLength)) - 1;
            foreach (var part in bytes.Slice(idLength + 1, sizeLength - 1))
                size = size << 8 | part;
            bytes = bytes[(idLength + sizeLength)..];
            var inside = bytes[..(int)Math.Clamp(size, 0, bytes.Length)]; // an unknown size reaches to the end
            elements.Add(new(id, inside.ToArray(), Containers.Contains(id) ? Parse(inside) : null));
            bytes = bytes[inside.Length..];
        }
        return elements;
    }

    private static List<Element> Siblings(Element root, Random random) =>
        random.Pick(root.All.Where(element => element.Children is { Count: > 0 }).ToList()).Children!;

    private static string Move(Element root, Random random)
    {
        var children = Siblings(root, random);
        var (a, b) = (random.Next(children.Count), random.Next(children.Count));
        (children[a], children[b]) = (children[b], children[a]);
        return $"elements {children[a].Id:X} and {children[b].Id:X} swapped";
    }

    private static string Double(Element root, Random random)
    {
        var children = Siblings(root, random);
        var (at, times) = (random.Next(children.Count), random.Pick([2, 3, 50]));
        children.InsertRange(at, Enumerable.Repeat(children[at], times - 1).ToList());
        return $"element {children[at].Id:X} {times} times";
    }

    private static string Remove(Element root, Random random)
    {
        var children = Siblings(root, random);
        var element = random.Pick(children);
        children.Remove(element);
        return $"element {element.Id:X} taken out";
    }

    private static string ClaimSize(Element root, Random random)
    {
        var element = random.Pick(root.All.Skip(1).ToList());
        element.ClaimedSize = random.Pick<byte[]>([[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x80], [0x01, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], [0x08, 0x7F, 0xFF, 0xFF, 0xFF], [(byte)(0x80 | random.Next(128))], [0x00]]);
        return $"element {element.Id:X} claims a size of {Convert.ToHexString(element.ClaimedSize)}";
    }

    private static string Lie(Element root, Random random)
    {
        if (root.All.Where(element => Numbers.Contains(element.Id)).ToList() is not { Count: > 0 } numbers)
            return Remove(root, random);
        // One of each kind has the same chance, however many clusters there are.
        var id = random.Pick(numbers.Select(element => element.Id).Distinct().ToList());
        var element = random.Pick(numbers.Where(number => number.Id == id).ToList());
        element.Data = random.Pick<byte[]>([[], [0], [1], [0xFF, 0xFF], [0x40, 0x00], [0x7F, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], new byte[9], [0x7F, 0xF0, 0, 0, 0, 0, 0, 0]]);
        return $"element {id:X} is {Convert.ToHexString(element.Data)}";
    }
}
