using System.Text;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>ONNX models spoilt field by field of their protobuf.</summary>
internal static class Onnx
{
    private sealed class Field(int number, int wireType, byte[] value, List<Field>? fields)
    {
        public int Number { get; } = number;
        public int WireType { get; } = wireType;
        public byte[] Value { get; set; } = value;
        public List<Field>? Fields { get; } = fields;

        public IEnumerable<Field> All => Fields is null ? [this] : Fields.SelectMany(inside => inside.All).Prepend(this);

        public byte[] ToBytes()
        {
            byte[] inside = Fields is null ? Value : [.. Fields.SelectMany(field => field.ToBytes())];
            return [.. Varint((ulong)(Number << 3 | WireType)), .. WireType == 2 ? Varint((ulong)inside.Length) : [], .. inside];
        }
    }

    // Which fields of a message hold messages: those of onnx.proto3 that lead to nodes, attributes, tensors and types.
    private static readonly Dictionary<string, Dictionary<int, string>> Messages = new()
    {
        ["model"] = new() { [7] = "graph", [8] = "opset" },
        ["graph"] = new() { [1] = "node", [5] = "tensor", [11] = "value", [12] = "value", [13] = "value" },
        ["node"] = new() { [5] = "attribute" },
        ["attribute"] = new() { [5] = "tensor", [6] = "graph" },
        ["value"] = new() { [2] = "type" },
        ["type"] = new() { [1] = "tensortype" },
        ["tensortype"] = new() { [2] = "shape" },
        ["shape"] = new() { [1] = "dimension" },
        ["tensor"] = [], ["opset"] = [], ["dimension"] = [],
    };

    private static readonly string[] OddNames = ["", "Loop", "ConstantOfShape", "\e[2J", "../../../etc/passwd", "/dev/zero", new('x', 100_000)];

    internal static Mutation Mutate(byte[] file, Random random)
    {
        if (random.Next(4) == 0)
            return AnyBytes.Mutate(file, random);
        var fields = Parse(file, "model");
        var graph = fields.First(field => field.Number == 7).Fields!;
        var what = random.Next(6) switch
        {
            0 => External(graph, random),
            1 => Remove(fields, random),
            2 => Double(fields, random),
            _ => Lie(fields, random),
        };
        return new(what, [.. fields.SelectMany(field => field.ToBytes())]);
    }

    private static List<Field> Parse(ReadOnlySpan<byte> bytes, string message)
    {
        var fields = new List<Field>();
        for (var at = 0; at < bytes.Length;)
        {
            var tag = (int)Number(bytes, ref at);
            var length = (tag & 7) switch { 1 => 8, 5 => 4, 2 => (int)Number(bytes, ref at), _ => VarintLength(bytes[at..]) };
            var value = bytes.Slice(at, length);
            at += length;
            fields.Add(new(tag >> 3, tag & 7, value.ToArray(), Messages[message].TryGetValue(tag >> 3, out var inside) ? Parse(value, inside) : null));
        }
        return fields;
    }

    private static List<Field> Siblings(List<Field> fields, Random random)
    {
        var lists = fields.SelectMany(field => field.All).Select(field => field.Fields).OfType<List<Field>>().Where(inside => inside.Count > 0).Append(fields).ToList();
        return random.Pick(lists);
    }

    private static string Remove(List<Field> fields, Random random)
    {
        var siblings = Siblings(fields, random);
        var field = random.Pick(siblings);
        siblings.Remove(field);
        return $"a field {field.Number} of {field.Value.Length} bytes taken out";
    }

    private static string Double(List<Field> fields, Random random)
    {
        var siblings = Siblings(fields, random);
        var field = random.Pick(siblings);
        var times = random.Pick([2, 3, 200]);
        siblings.AddRange(Enumerable.Repeat(field, times - 1));
        return $"a field {field.Number} {times} times";
    }

    private static string Lie(List<Field> fields, Random random)
    {
        var leaves = fields.SelectMany(field => field.All).Where(field => field.Fields is null).ToList();
        // Numbers are few among texts and weights, and are what sizes are made of.
        var numbers = leaves.FindAll(field => field.WireType == 0);
        var leaf = random.Next(2) == 0 && numbers.Count > 0 ? random.Pick(numbers) : random.Pick(leaves);
        switch (leaf.WireType)
        {
            case 0:
                var number = random.Pick<ulong>([0, 1, 2, 16, 1000, 1 << 20, int.MaxValue, uint.MaxValue, long.MaxValue, ulong.MaxValue, 1UL << 62]);
                leaf.Value = Varint(number);
                return $"number {leaf.Number} is {number}";
            case 2 when leaf.Value.Length < 100 && random.Next(2) == 0:
                var name = random.Pick(OddNames);
                leaf.Value = Encoding.UTF8.GetBytes(name);
                return $"text {leaf.Number} is '{(name.Length > 40 ? "very long" : name)}'";
            default:
                var copy = leaf.Value.ToArray();
                random.NextBytes(copy.AsSpan(0, Math.Min(copy.Length, random.Next(1, 200))));
                leaf.Value = copy;
                return $"noise in field {leaf.Number} of {copy.Length} bytes";
        }
    }

    // A tensor whose weights are said to lie in another file.
    private static string External(List<Field> graph, Random random)
    {
        if (graph.FindAll(field => field.Number == 5) is not { Count: > 0 } tensors)
            return Remove(graph, random);
        var tensor = random.Pick(tensors).Fields!;
        var path = random.Pick(["../../../../etc/passwd", "/etc/passwd", "/dev/zero", "../decoder.onnx", "absent.bin", "vision.onnx", ""]);
        tensor.RemoveAll(field => field.Number == 9);
        tensor.Add(new(13, 2, [], [new(1, 2, Encoding.UTF8.GetBytes("location"), null), new(2, 2, Encoding.UTF8.GetBytes(path), null)]));
        tensor.Add(new(14, 0, Varint(1), null));
        return $"weights in '{path}'";
    }

    private static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
            bytes.Add((byte)(number | 0x80));
        return [.. bytes, (byte)number];
    }

    private static int VarintLength(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyInRange((byte)0, (byte)0x7F) + 1;

    private static ulong Number(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong number = 0;
        for (var shift = 0; ; shift += 7)
        {
            var part = bytes[at++];
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return number;
        }
    }
}
