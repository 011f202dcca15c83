namespace Panda.Stream.Native.OnnxRuntime;

/// <summary><c>ONNXTensorElementDataType</c> of the C API.</summary>
public enum TensorElementType
{
    Undefined, Float32, UInt8, Int8, UInt16, Int16, Int32, Int64, String, Bool, Float16, Float64, UInt32, UInt64, Complex64, Complex128, BFloat16,
}

/// <summary>One dimension of a session's input or output: a size, or free and perhaps named.</summary>
/// <param name="Size">The size; -1 when it is free.</param>
/// <param name="Symbol">The name of a free dimension; empty when it has none.</param>
public readonly record struct TensorDimension(long Size, string Symbol)
{
    public bool IsFree => Size < 0;

    public override string ToString() => !IsFree ? $"{Size}" : Symbol.Length > 0 ? Symbol : "?";
}

/// <summary>An input or output as the session declares it.</summary>
public sealed record TensorInfo(string Name, TensorElementType ElementType, IReadOnlyList<TensorDimension> Shape)
{
    public override string ToString() => $"{Name}: {ElementType} [{string.Join(", ", Shape)}]";
}
