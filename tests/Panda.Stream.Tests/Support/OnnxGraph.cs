using System.Text;

namespace Panda.Stream.Tests.Support;

/// <summary>Writes small ONNX models as their protobuf (onnx.proto, opset 16), so that a test can say in its own lines what its model does.</summary>
public sealed class OnnxGraph
{
    private const int Float = 1, Int64 = 7, Bool = 9;

    private readonly Message _graph = new();

    public OnnxGraph() => _graph.Text(2, "test");

    /// <summary>A float input; a dimension is a size or the name of a free one.</summary>
    public OnnxGraph Input(string name, params object[] shape) => Declare(11, name, Float, shape);

    public OnnxGraph Input64(string name, params object[] shape) => Declare(11, name, Int64, shape);

    public OnnxGraph InputBool(string name) => Declare(11, name, Bool, []);

    public OnnxGraph Output(string name, params object[] shape) => Declare(12, name, Float, shape);

    public OnnxGraph OutputBool(string name) => Declare(12, name, Bool, []);

    public OnnxGraph Constant(string name, long[] values, params long[] shape) => Initial(name, Int64, shape, 7, message => message.Packed(values));

    public OnnxGraph Constant(string name, float[] values, params long[] shape) =>
        Initial(name, Float, shape, 9, message => message.Bytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values)));

    /// <param name="attributes">Numbers, lists of numbers, or a graph.</param>
    public OnnxGraph Node(string operation, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var node = new Message();
        foreach (var input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            node.Text(1, input);
        foreach (var output in outputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            node.Text(2, output);
        node.Text(4, operation);
        foreach (var (name, value) in attributes)
        {
            var attribute = new Message();
            attribute.Text(1, name);
            switch (value)
            {
                case int number:
                    attribute.Number(3, number).Number(20, 2);
                    break;
                case long[] numbers:
                    Array.ForEach(numbers, number => attribute.Number(8, number));
                    attribute.Number(20, 7);
                    break;
                case OnnxGraph graph:
                    attribute.Nested(6, graph._graph).Number(20, 5);
                    break;
            }
            node.Nested(5, attribute);
        }
        _graph.Nested(1, node);
        return this;
    }

    public byte[] ToModel() => new Message().Number(1, 8).Nested(7, _graph).Nested(8, new Message().Text(1, "").Number(2, 16)).ToArray();

    private OnnxGraph Declare(int field, string name, int type, object[] shape)
    {
        var dimensions = new Message();
        foreach (var size in shape)
            dimensions.Nested(1, size is string free ? new Message().Text(2, free) : new Message().Number(1, (int)size));
        var tensor = new Message().Number(1, type).Nested(2, dimensions);
        _graph.Nested(field, new Message().Text(1, name).Nested(2, new Message().Nested(1, tensor)));
        return this;
    }

    private OnnxGraph Initial(string name, int type, long[] shape, int field, Func<Message, byte[]> values)
    {
        var tensor = new Message();
        Array.ForEach(shape, size => tensor.Number(1, size));
        tensor.Number(2, type).Raw(field, values(tensor)).Text(8, name);
        _graph.Nested(5, tensor);
        return this;
    }

    private sealed class Message
    {
        private readonly List<byte> _bytes = [];

        public Message Number(int field, long value)
        {
            VarInt(_bytes, (ulong)field << 3);
            VarInt(_bytes, (ulong)value);
            return this;
        }

        public Message Text(int field, string text) => Raw(field, Encoding.UTF8.GetBytes(text));

        public Message Nested(int field, Message message) => Raw(field, message.ToArray());

        public Message Raw(int field, byte[] bytes)
        {
            VarInt(_bytes, (ulong)field << 3 | 2);
            VarInt(_bytes, (ulong)bytes.Length);
            _bytes.AddRange(bytes);
            return this;
        }

        public byte[] Packed(long[] values)
        {
            List<byte> packed = [];
            Array.ForEach(values, value => VarInt(packed, (ulong)value));
            return [.. packed];
        }

        public byte[] Bytes(ReadOnlySpan<byte> bytes) => bytes.ToArray();

        public byte[] ToArray() => [.. _bytes];

        private static void VarInt(List<byte> to, ulong value)
        {
            for (; value > 127; value >>= 7)
                to.Add((byte)(value | 128));
            to.Add((byte)value);
        }
    }
}
