namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>A dense tensor in memory of ONNX Runtime. Not safe for use by several threads at once; dispose it, since the collector does not see its size.</summary>
public sealed unsafe class OnnxValue : IDisposable
{
    private readonly long[] _shape;

    internal OnnxValue(nint value)
    {
        Handle = new OrtValueHandle(value);
        (ElementType, _shape) = TensorInfoReader.OfValue(value);
    }

    public TensorElementType ElementType { get; }

    public ReadOnlySpan<long> Shape => _shape;

    internal OrtValueHandle Handle { get; }

    /// <summary>A new tensor whose contents are undefined until they are written.</summary>
    /// <typeparam name="T">float, long or int.</typeparam>
    public static OnnxValue Allocate<T>(params ReadOnlySpan<long> shape) where T : unmanaged
    {
        nint value;
        fixed (long* sizes = shape)
            OrtApi.CreateTensorAsOrtValue(OnnxEnvironment.Allocator, sizes, (nuint)shape.Length, (int)TypeOf<T>(), &value).Ok();
        return new OnnxValue(value);
    }

    /// <summary>The elements, last dimension fastest; the span must not outlive this value.</summary>
    /// <exception cref="InvalidOperationException">The elements are not of type <typeparamref name="T"/>.</exception>
    public Span<T> Data<T>() where T : unmanaged
    {
        if (TypeOf<T>() != ElementType)
            throw new InvalidOperationException($"found a tensor of {ElementType}, expected {TypeOf<T>()}");
        using var value = Handle.Lease();
        void* data;
        OrtApi.GetTensorMutableData(value.Pointer, &data).Ok();
        var length = 1L;
        foreach (var size in _shape)
            length *= size;
        return new Span<T>(data, checked((int)length));
    }

    public void Dispose() => Handle.Dispose();

    private static TensorElementType TypeOf<T>() =>
        typeof(T) == typeof(float) ? TensorElementType.Float32
        : typeof(T) == typeof(long) ? TensorElementType.Int64
        : typeof(T) == typeof(int) ? TensorElementType.Int32
        : throw new NotSupportedException($"no tensors of {typeof(T)}");
}
