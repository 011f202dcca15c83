using System.Text;

namespace Panda.Stream.Models;

/// <summary>
/// The files beside an ONNX model in which it keeps weights, as the model itself names them: they are looked at before ONNX Runtime
/// opens whatever the model says.
/// </summary>
/// <remarks>Reads no more of protobuf than it takes to find <c>external_data</c> of tensors (onnx.proto3 of ONNX 1.16); all else is skipped.</remarks>
internal static class ExternalWeights
{
    // Graphs lie in attributes of nodes of graphs; protobuf's own readers stop here too.
    private const int MostLevels = 100;

    private const int MostNameBytes = 4096; // the system's longest path

    // The messages of onnx.proto3 on the way to a name.
    private enum Message { Model, Graph, Function, Node, Attribute, Sparse, Tensor, Entry }

    private static Message? Inside(Message message, ulong field) => (message, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Graph, 1) or (Message.Function, 7) => Message.Node,
        (Message.Graph, 5) or (Message.Attribute, 5 or 10) or (Message.Sparse, 1 or 2) => Message.Tensor,
        (Message.Graph, 15) or (Message.Attribute, 22 or 23) => Message.Sparse,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Tensor, 13) => Message.Entry,
        _ => null,
    };

    /// <summary>Their names, each once. Of a file that is no model, or a broken one, those that can be found.</summary>
    /// <exception cref="InvalidDataException">Graphs are nested too deep, or a name is too long.</exception>
    internal static IReadOnlyList<string> NamesIn(FileStream model)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Read(model, Message.Model, model.Length, MostLevels, names);
        return [.. names.Order(StringComparer.Ordinal)];
    }

    private static void Read(FileStream model, Message message, long end, int levels, HashSet<string> names)
    {
        if (levels == 0)
            throw new InvalidDataException($"found messages nested more than {MostLevels} deep");
        string key = "", value = "";
        while (model.Position < end && Number(model, end) is { } tag)
        {
            if (Length(model, tag & 7, end) is not { } length)
                break;
            var next = model.Position + length;
            if ((tag & 7) == 2 && Inside(message, tag >> 3) is { } inside)
                Read(model, inside, next, levels - 1, names);
            else if (message == Message.Entry && (tag & 7) == 2 && tag >> 3 is 1 or 2)
                _ = tag >> 3 == 1 ? key = Text(model, length) : value = Text(model, length);
            model.Position = next;
        }
        if (message == Message.Entry && key == "location")
            names.Add(value);
    }

    /// <summary>How many bytes a field takes from here; null when it would end beyond its message.</summary>
    private static long? Length(FileStream model, ulong wireType, long end)
    {
        ulong? length = wireType switch
        {
            0 => Number(model, end) is null ? null : 0,
            1 => 8,
            2 => Number(model, end),
            5 => 4,
            _ => null,
        };
        return length <= (ulong)(end - model.Position) ? (long)length : null;
    }

    /// <summary>A varint; null when it does not end.</summary>
    private static ulong? Number(FileStream model, long end)
    {
        ulong number = 0;
        for (var shift = 0; shift < 64 && model.Position < end; shift += 7)
        {
            var part = model.ReadByte();
            if (part < 0)
                return null;
            number |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return number;
        }
        return null;
    }

    private static string Text(FileStream model, long length)
    {
        if (length > MostNameBytes)
            throw new InvalidDataException($"found the name of a file of weights with {length} bytes, expected at most {MostNameBytes}");
        var bytes = new byte[length];
        model.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
