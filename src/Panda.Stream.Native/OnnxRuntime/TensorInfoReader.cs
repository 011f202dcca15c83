using System.Runtime.InteropServices;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>Reads what a session says about its inputs and outputs, and the shape of a value.</summary>
internal static unsafe class TensorInfoReader
{
    internal static TensorInfo[] Inputs(nint session)
    {
        nuint count;
        OrtApi.SessionGetInputCount(session, &count).Ok();
        return Read(session, (int)count, OrtApi.SessionGetInputName, OrtApi.SessionGetInputTypeInfo);
    }

    internal static TensorInfo[] Outputs(nint session)
    {
        nuint count;
        OrtApi.SessionGetOutputCount(session, &count).Ok();
        return Read(session, (int)count, OrtApi.SessionGetOutputName, OrtApi.SessionGetOutputTypeInfo);
    }

    internal static (TensorElementType Type, long[] Shape) OfValue(nint value)
    {
        nint info;
        OrtApi.GetTensorTypeAndShape(value, &info).Ok();
        try
        {
            return (ElementType(info), Dimensions(info));
        }
        finally
        {
            OrtApi.ReleaseTensorTypeAndShapeInfo(info);
        }
    }

    private static TensorInfo[] Read(
        nint session, int count, delegate* unmanaged<nint, nuint, nint, byte**, nint> getName, delegate* unmanaged<nint, nuint, nint*, nint> getType)
    {
        var tensors = new TensorInfo[count];
        for (var i = 0; i < count; i++)
        {
            byte* text;
            getName(session, (nuint)i, OnnxEnvironment.Allocator, &text).Ok();
            var name = Marshal.PtrToStringUTF8((nint)text)!;
            OrtApi.AllocatorFree(OnnxEnvironment.Allocator, text).Ok();
            nint type;
            getType(session, (nuint)i, &type).Ok();
            try
            {
                tensors[i] = Describe(name, type);
            }
            finally
            {
                OrtApi.ReleaseTypeInfo(type);
            }
        }
        return tensors;
    }

    private static TensorInfo Describe(string name, nint type)
    {
        nint info;
        OrtApi.CastTypeInfoToTensorInfo(type, &info).Ok();
        if (info == 0)
            return new TensorInfo(name, TensorElementType.Undefined, []); // a sequence, map or optional
        var sizes = Dimensions(info);
        var symbols = stackalloc byte*[sizes.Length];
        OrtApi.GetSymbolicDimensions(info, symbols, (nuint)sizes.Length).Ok();
        var shape = new TensorDimension[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
            shape[i] = new TensorDimension(sizes[i], Marshal.PtrToStringUTF8((nint)symbols[i]) ?? "");
        return new TensorInfo(name, ElementType(info), shape);
    }

    private static TensorElementType ElementType(nint info)
    {
        int type;
        OrtApi.GetTensorElementType(info, &type).Ok();
        return (TensorElementType)type;
    }

    private static long[] Dimensions(nint info)
    {
        nuint rank;
        OrtApi.GetDimensionsCount(info, &rank).Ok();
        var sizes = new long[(int)rank];
        fixed (long* first = sizes)
            OrtApi.GetDimensions(info, first, rank).Ok();
        return sizes;
    }
}
