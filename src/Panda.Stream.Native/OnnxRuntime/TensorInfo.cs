using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>One dimension of a session's input or output: a size, or free and perhaps named.</summary>
/// <param name="Size">The size; -1 when it is free.</param>
/// <param name="Symbol">The name of a free dimension; empty when it has none.</param>
public readonly record struct TensorDimension(long Size, string Symbol)
{
    public bool IsFree => Size < 0;

    public override string ToString() => !IsFree ? $"{Size}" : Symbol.Length > 0 ? Symbol : "?";
}

/// <summary>An input or output as the session declares it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">The type of its elements; none where it is no tensor but a sequence, map or optional.</param>
/// <param name="Shape">Its dimensions.</param>
public sealed record TensorInfo(string Name, TensorElementType ElementType, IReadOnlyList<TensorDimension> Shape)
{
    /// <summary>Type and shape, such as <c>Float [batch, 3]</c>.</summary>
    public string Form => ElementType == default ? "no tensor" : $"{ElementType} [{string.Join(", ", Shape)}]";

    internal static TensorInfo Of(string name, NodeMetadata node) => node.IsTensor
        ? new(name, node.ElementDataType, [.. node.Dimensions.Zip(node.SymbolicDimensions, (size, symbol) => new TensorDimension(size, symbol))])
        : new(name, default, []);

    public override string ToString() => $"{Name}: {Form}";
}
