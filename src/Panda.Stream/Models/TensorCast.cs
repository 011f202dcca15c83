using System.Numerics.Tensors;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>Tensors of one element type made another: what a model's borders need when it works in 16 bits or with 32-bit ids.</summary>
internal static class TensorCast
{
    /// <summary>Whether values of a type may be given where another is wanted.</summary>
    internal static bool CanCast(TensorElementType from, TensorElementType to) => from == to || (IsFloat(from) && IsFloat(to)) || (IsInteger(from) && IsInteger(to));

    /// <summary>The same numbers in the machine's memory, in another type or the same; a float that half precision cannot hold becomes infinite, as in ONNX.</summary>
    /// <exception cref="ArgumentException">The types are of different sorts.</exception>
    internal static OnnxValue To(this OnnxValue value, TensorElementType type)
    {
        if (!CanCast(value.ElementType, type))
            throw new ArgumentException($"found a tensor of {value.ElementType}, expected one that can be given as {type}");
        if (value.Memory != OnnxMemory.Host)
        {
            var host = value.ToHost();
            if (type == host.ElementType)
                return host;
            using (host)
                return host.To(type);
        }
        var cast = OnnxValue.Allocate(type, value.Shape);
        if (type == value.ElementType)
            value.Bytes().CopyTo(cast.Bytes());
        else if (IsFloat(type))
            WriteFloats(ReadFloats(value), cast);
        else
            WriteIntegers(value, cast);
        return cast;
    }

    internal static bool IsFloat(TensorElementType type) => type is TensorElementType.Float32 or TensorElementType.Float16 or TensorElementType.BFloat16;

    private static bool IsInteger(TensorElementType type) => type is TensorElementType.Int64 or TensorElementType.Int32 or TensorElementType.Bool;

    private static ReadOnlySpan<float> ReadFloats(OnnxValue value)
    {
        if (value.ElementType == TensorElementType.Float32)
            return value.Data<float>();
        float[] floats;
        if (value.ElementType == TensorElementType.Float16)
        {
            ReadOnlySpan<Half> halves = value.Data<Half>();
            TensorPrimitives.ConvertToSingle(halves, floats = new float[halves.Length]);
        }
        else
        {
            floats = Array.ConvertAll(value.Data<BFloat16>().ToArray(), number => number.ToSingle());
        }
        return floats;
    }

    private static void WriteFloats(ReadOnlySpan<float> from, OnnxValue to)
    {
        if (to.ElementType == TensorElementType.Float32)
            from.CopyTo(to.Data<float>());
        else if (to.ElementType == TensorElementType.Float16)
            TensorPrimitives.ConvertToHalf(from, to.Data<Half>());
        else
            for (var i = 0; i < from.Length; i++)
                to.Data<BFloat16>()[i] = BFloat16.From(from[i]);
    }

    private static void WriteIntegers(OnnxValue from, OnnxValue to)
    {
        long At(int i) => from.ElementType switch
        {
            TensorElementType.Int64 => from.Data<long>()[i],
            TensorElementType.Int32 => from.Data<int>()[i],
            _ => from.Data<bool>()[i] ? 1 : 0,
        };
        var count = 1L;
        foreach (var size in to.Shape)
            count *= size;
        for (var i = 0; i < count; i++)
        {
            if (to.ElementType == TensorElementType.Int64)
                to.Data<long>()[i] = At(i);
            else if (to.ElementType == TensorElementType.Int32)
                to.Data<int>()[i] = checked((int)At(i));
            else
                to.Data<bool>()[i] = At(i) != 0;
        }
    }
}
