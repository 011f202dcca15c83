namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>A dense tensor in memory of ONNX Runtime. Not safe for use by several threads at once; dispose it, since the collector does not see its size.</summary>
public sealed unsafe class OnnxValue : IDisposable
{
    private readonly long[] _shape;
    private readonly OrtValueHandle? _memory; // whose memory a view shows; kept alive as long as the view

    internal OnnxValue(nint value, OrtValueHandle? memory = null)
    {
        Handle = new OrtValueHandle(value);
        (ElementType, _shape) = TensorInfoReader.OfValue(value);
        _memory = memory;
    }

    public TensorElementType ElementType { get; }

    public ReadOnlySpan<long> Shape => _shape;

    internal OrtValueHandle Handle { get; }

    private long Count
    {
        get
        {
            var count = 1L;
            foreach (var size in _shape)
                count *= size;
            return count;
        }
    }

    /// <summary>A new tensor whose contents are undefined until they are written.</summary>
    /// <typeparam name="T">The type of its elements: float, Half, BFloat16, long, int, byte or bool.</typeparam>
    public static OnnxValue Allocate<T>(params ReadOnlySpan<long> shape) where T : unmanaged => Allocate(TypeOf<T>(), shape);

    /// <summary>A new tensor whose contents are undefined until they are written.</summary>
    public static OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* sizes = shape)
            OrtApi.CreateTensorAsOrtValue(OnnxEnvironment.Allocator, sizes, (nuint)shape.Length, (int)type, &value).Ok();
        return new OnnxValue(value);
    }

    /// <summary>The first elements of this value under another shape: the same memory, nothing is copied.</summary>
    /// <exception cref="OnnxRuntimeException">The shape has more elements.</exception>
    public OnnxValue View(params ReadOnlySpan<long> shape)
    {
        nint value;
        using var owner = Handle.Lease();
        void* data;
        OrtApi.GetTensorMutableData(owner.Pointer, &data).Ok();
        fixed (long* sizes = shape)
            OrtApi.CreateTensorWithDataAsOrtValue(OnnxEnvironment.Memory, data, (nuint)(Count * SizeOf(ElementType)), sizes, (nuint)shape.Length, (int)ElementType, &value).Ok();
        var added = false;
        Handle.DangerousAddRef(ref added);
        return new OnnxValue(value, Handle);
    }

    /// <summary>The elements, last dimension fastest; the span must not outlive this value.</summary>
    /// <exception cref="InvalidOperationException">The elements are not of type <typeparamref name="T"/>.</exception>
    public Span<T> Data<T>() where T : unmanaged
    {
        if (TypeOf<T>() != ElementType)
            throw new InvalidOperationException($"found a tensor of {ElementType}, expected {TypeOf<T>()}");
        return new Span<T>(Pointer(), checked((int)Count));
    }

    /// <summary>The elements as they lie in memory, whatever their type.</summary>
    public Span<byte> Bytes() => new(Pointer(), checked((int)(Count * SizeOf(ElementType))));

    public void Dispose()
    {
        if (Handle.IsClosed)
            return;
        Handle.Dispose();
        _memory?.DangerousRelease();
    }

    private void* Pointer()
    {
        using var value = Handle.Lease();
        void* data;
        OrtApi.GetTensorMutableData(value.Pointer, &data).Ok();
        return data;
    }

    private static int SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Float16 or TensorElementType.BFloat16 or TensorElementType.Int16 or TensorElementType.UInt16 => 2,
        TensorElementType.Float32 or TensorElementType.Int32 or TensorElementType.UInt32 => 4,
        TensorElementType.Int64 or TensorElementType.UInt64 or TensorElementType.Float64 => 8,
        TensorElementType.Bool or TensorElementType.UInt8 or TensorElementType.Int8 => 1,
        _ => throw new NotSupportedException($"no tensors of {type}"),
    };

    private static TensorElementType TypeOf<T>() =>
        typeof(T) == typeof(float) ? TensorElementType.Float32
        : typeof(T) == typeof(long) ? TensorElementType.Int64
        : typeof(T) == typeof(int) ? TensorElementType.Int32
        : typeof(T) == typeof(Half) ? TensorElementType.Float16
        : typeof(T) == typeof(BFloat16) ? TensorElementType.BFloat16
        : typeof(T) == typeof(bool) ? TensorElementType.Bool
        : typeof(T) == typeof(byte) ? TensorElementType.UInt8
        : throw new NotSupportedException($"no tensors of {typeof(T)}");
}
