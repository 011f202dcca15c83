using System.Buffers.Binary;
using System.Text;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>MP4 files spoilt by what they are made of: atoms moved, doubled and taken out, and headers that lie.</summary>
internal static class Mp4
{
    private sealed class Atom(string type, byte[] data, List<Atom>? children)
    {
        public string Type { get; } = type;
        public byte[] Data { get; set; } = data;
        public List<Atom>? Children { get; } = children;

        /// <summary>The size that its header claims, where that is not its own.</summary>
        public uint? ClaimedSize { get; set; }

        public Atom Copy() => new(Type, [.. Data], Children?.Select(child => child.Copy()).ToList()) { ClaimedSize = ClaimedSize };

        public IEnumerable<Atom> All => Children is null ? [this] : Children.SelectMany(child => child.All).Prepend(this);

        public byte[] ToBytes()
        {
            byte[] inside = Children is null ? Data : [.. Children.SelectMany(child => child.ToBytes())];
            var bytes = new byte[8 + inside.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, ClaimedSize ?? (uint)bytes.Length);
            Encoding.Latin1.GetBytes(Type, bytes.AsSpan(4));
            inside.CopyTo(bytes, 8);
            return bytes;
        }
    }

    private static readonly HashSet<string> Containers = ["moov", "trak", "mdia", "minf", "stbl", "edts", "moof", "traf"];

    internal static Mutation Mutate(byte[] file, Random random)
    {
        var atoms = Parse(file);
        if (atoms.Count == 0 || atoms.All(atom => atom.Type != "moov"))
            return AnyBytes.Mutate(file, random);
        var root = new Atom("root", [], atoms);
        var movie = atoms.FirstOrDefault(atom => atom.Type == "moov");
        var before = movie?.ToBytes().Length ?? 0;
        if (random.Next(20) == 0)
        {
            var (tracks, samples) = (random.Pick([1, 10, 190]), random.Pick<uint>([50_000, 1_000_000, 11_000_000, uint.MaxValue]));
            return new($"{tracks} tracks that claim {samples} samples each", Claiming(file, tracks, samples));
        }
        var what = random.Next(10) switch
        {
            0 => Swap(root, random),
            1 => Double(root, random),
            2 => Remove(root, random),
            3 => ClaimSize(root, random),
            4 => Nest(root, random),
            5 => Fragment(root, random),
            _ => Lie(root, random),
        };
        // The pictures move when what lies before them grows, and their places are told in the file: unless these are lied about, they stay right.
        if (movie is not null && atoms.Contains(movie) && atoms.IndexOf(movie) < atoms.FindIndex(atom => atom.Type == "mdat") && !what.StartsWith("stco", StringComparison.Ordinal))
            Shift(movie, movie.ToBytes().Length - before);
        return new(what, [.. root.Children!.SelectMany(atom => atom.ToBytes())]);
    }

    /// <summary>The video with its edit list so many times over: it shows all its pictures as often.</summary>
    internal static byte[] ShownAgain(byte[] file, int times)
    {
        var atoms = Parse(file);
        var movie = atoms.First(atom => atom.Type == "moov");
        var before = movie.ToBytes().Length;
        var list = movie.All.First(atom => atom.Type == "elst");
        list.Data = [.. list.Data[..4], .. Number((uint)(times * Read(list, 4))), .. Enumerable.Repeat(list.Data[8..], times).SelectMany(edit => edit)];
        if (atoms.IndexOf(movie) < atoms.FindIndex(atom => atom.Type == "mdat"))
            Shift(movie, movie.ToBytes().Length - before);
        return [.. atoms.SelectMany(atom => atom.ToBytes())];
    }

    /// <summary>The video with its track so many times, each claiming so many samples of one byte.</summary>
    internal static byte[] Claiming(byte[] file, int tracks, uint samples)
    {
        var atoms = Parse(file);
        var movie = atoms.First(atom => atom.Type == "moov");
        var track = movie.Children!.First(atom => atom.Type == "trak");
        movie.All.First(atom => atom.Type == "stsz").Data = [.. new byte[4], .. Number(1), .. Number(samples)];
        movie.All.First(atom => atom.Type == "stts").Data = [.. new byte[4], .. Number(1), .. Number(samples), .. Number(512)];
        movie.All.First(atom => atom.Type == "stsc").Data = [.. new byte[4], .. Number(1), .. Number(1), .. Number(samples), .. Number(1)];
        movie.Children!.AddRange(Enumerable.Range(1, tracks - 1).Select(_ => track.Copy()));
        return [.. atoms.SelectMany(atom => atom.ToBytes())];
    }

    private static List<Atom> Parse(ReadOnlySpan<byte> bytes)
    {
        var atoms = new List<Atom>();
        while (bytes.Length >= 8)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            if (size < 8 || size > bytes.Length)
                break;
            var type = Encoding.Latin1.GetString(bytes[4..8]);
            var inside = bytes[8..(int)size];
            atoms.Add(Containers.Contains(type) ? new(type, [], Parse(inside)) : new(type, inside.ToArray(), null));
            bytes = bytes[(int)size..];
        }
        return atoms;
    }

    private static void Shift(Atom movie, int by)
    {
        foreach (var table in movie.All.Where(atom => atom is { Type: "stco", Data.Length: >= 8 }))
            for (var at = 8; at + 4 <= table.Data.Length; at += 4)
                Write(table, at, Read(table, at) + (uint)by);
    }

    private static Atom Parent(Atom root, Random random) =>
        random.Pick(root.All.Where(atom => atom.Children is { Count: > 0 }).ToList());

    private static string Swap(Atom root, Random random)
    {
        var children = Parent(root, random).Children!;
        var (a, b) = (random.Next(children.Count), random.Next(children.Count));
        (children[a], children[b]) = (children[b], children[a]);
        return $"{children[a].Type} and {children[b].Type} swapped";
    }

    private static string Double(Atom root, Random random)
    {
        var children = Parent(root, random).Children!;
        var at = random.Next(children.Count);
        var times = children[at].Type == "mdat" ? 2 : random.Pick([2, 3, 10, 300]);
        children.InsertRange(at, Enumerable.Range(1, times - 1).Select(_ => children[at].Copy()).ToList());
        return $"{children[at].Type} {times} times";
    }

    private static string Remove(Atom root, Random random)
    {
        var children = Parent(root, random).Children!;
        var at = random.Next(children.Count);
        var type = children[at].Type;
        children.RemoveAt(at);
        return $"{type} taken out";
    }

    private static string ClaimSize(Atom root, Random random)
    {
        var atom = random.Pick(root.All.Skip(1).ToList());
        atom.ClaimedSize = random.Edge();
        return $"{atom.Type} claims a size of {atom.ClaimedSize}";
    }

    private static string Nest(Atom root, Random random)
    {
        var (type, levels) = (random.Pick(["moov", "trak", "udta", "meta", "edts"]), random.Pick([50, 5_000, 50_000]));
        var bytes = new byte[8 * levels];
        for (var i = 0; i < levels; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8 * i), (uint)(bytes.Length - 8 * i));
            Encoding.Latin1.GetBytes(type, bytes.AsSpan(8 * i + 4));
        }
        root.Children!.Insert(random.Next(root.Children.Count + 1), new(type, bytes[8..], null));
        return $"{type} nested {levels} deep";
    }

    // A fragment behind the movie, whose run claims any number of samples.
    private static string Fragment(Atom root, Random random)
    {
        var samples = random.Edge();
        byte[] run = [0, 0, 2, 5, .. Number(samples), .. Number(0), .. Number(0x2000000), .. Enumerable.Range(0, 20).SelectMany(_ => Number(100))];
        root.Children!.Add(new("moof", [],
            [new("mfhd", new byte[8], null), new("traf", [], [new("tfhd", [0, 2, 0, 0, .. Number(1)], null), new("trun", run, null)])]));
        return $"a fragment that claims {samples} samples";
    }

    private static string Lie(Atom root, Random random)
    {
        string[] types = ["mvhd", "mdhd", "tkhd", "stts", "ctts", "stsz", "stsc", "stco", "stss", "elst", "stsd", "hdlr"];
        if (root.All.Where(atom => types.Contains(atom.Type) && atom.Data.Length >= 12).ToList() is not { Count: > 0 } found)
            return Remove(root, random);
        var type = random.Pick(found.Select(atom => atom.Type).Distinct().ToList());
        var table = random.Pick(found.Where(atom => atom.Type == type).ToList());
        var edge = random.Edge();
        switch (type)
        {
            case "mvhd" or "mdhd":
                Write(table, 12, random.Next(2) == 0 ? edge : Read(table, 12));
                Write(table, 16, random.Edge());
                return $"{type} with {Read(table, 12)} ticks a second and {Read(table, 16)} ticks";
            case "tkhd":
                if (random.Next(2) == 0)
                    random.NextBytes(table.Data.AsSpan(Math.Min(40, table.Data.Length - 1), Math.Min(36, table.Data.Length - 40)));
                Write(table, 76, random.Edge());
                Write(table, 80, random.Edge());
                return "tkhd with another size and matrix";
            case "elst":
                return EditList(table, random);
            case "stsz":
                Write(table, 4, random.Pick<uint>([0, 1, 100, edge]));
                Write(table, 8, random.Edge());
                return $"stsz claims {Read(table, 8)} samples of {Read(table, 4)} bytes";
            case "stts" when random.Next(2) == 0:
                table.Data = [.. new byte[4], .. Number(2), .. Number(edge), .. Number(random.Edge()), .. Number(random.Edge()), .. Number(random.Edge())];
                return $"stts of two runs, the first of {edge} samples";
            case "stsc" when random.Next(2) == 0:
                table.Data = [.. new byte[4], .. Number(1), .. Number(1), .. Number(edge), .. Number(1)];
                return $"stsc claims {edge} samples a chunk";
            case "stco" when random.Next(2) == 0:
                for (var at = 8; at + 4 <= table.Data.Length; at += 4)
                    Write(table, at, edge);
                return $"stco with every chunk at {edge}";
            case "stsd" when random.Next(2) == 0 && AvcSize.Lie(table.Data, random) is { } lie:
                table.Data = lie.Bytes;
                return lie.What;
            case "stsd" when table.Data.Length > 44:
                // The sample entry begins at 8; width and height lie 32 bytes into it.
                Write(table, 40, random.Next(2) == 0 ? 0xFFFFFFFF : (uint)random.Next());
                return $"stsd with {Read(table, 40) >> 16}x{Read(table, 40) & 0xFFFF} pixels";
            default:
                var place = 4 * random.Next(1, table.Data.Length / 4);
                Write(table, place, edge);
                return $"{type} with {edge} at {place}";
        }
    }

    private static string EditList(Atom table, Random random)
    {
        var entries = random.Pick([1, 2, 50, 2_000, 100_000]);
        var list = new List<byte> { 0, 0, 0, 0 };
        list.AddRange(Number(random.Next(8) == 0 ? random.Edge() : (uint)entries));
        for (var i = 0; i < entries; i++)
        {
            list.AddRange(Number(random.Next(4) == 0 ? random.Edge() : (uint)random.Next(2000)));
            list.AddRange(Number(random.Next(4) == 0 ? random.Edge() : (uint)random.Next(40_000)));
            list.AddRange(Number(random.Next(10) == 0 ? random.Edge() : 0x10000));
        }
        table.Data = [.. list];
        return $"an edit list of {entries} entries";
    }

    private static uint Read(Atom atom, int at) => BinaryPrimitives.ReadUInt32BigEndian(atom.Data.AsSpan(at));

    private static void Write(Atom atom, int at, uint value)
    {
        if (at + 4 <= atom.Data.Length)
            BinaryPrimitives.WriteUInt32BigEndian(atom.Data.AsSpan(at), value);
    }

    private static byte[] Number(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
