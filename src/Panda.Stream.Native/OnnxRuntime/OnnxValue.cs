namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>A dense tensor. Not safe for use by several threads at once; dispose it, since the collector does not see its size.</summary>
public sealed unsafe class OnnxValue : IDisposable
{
    private readonly long[] _shape;

    /// <param name="value">The value.</param>
    /// <param name="memory">Where its elements lie.</param>
    /// <param name="owner">What keeps them alive where the value does not.</param>
    internal OnnxValue(nint value, OnnxMemory memory, IDisposable? owner = null)
    {
        (Handle, Memory) = (new OrtValueHandle(value, owner), memory);
        (ElementType, _shape) = TensorInfoReader.OfValue(value);
    }

    /// <summary>Where its elements lie.</summary>
    public OnnxMemory Memory { get; }

    public TensorElementType ElementType { get; }

    public ReadOnlySpan<long> Shape => _shape;

    internal OrtValueHandle Handle { get; }

    /// <summary>Of all elements.</summary>
    internal long ByteCount => Count * SizeOf(ElementType);

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

    /// <summary>A new tensor in the machine's memory, whose contents are undefined until they are written.</summary>
    /// <typeparam name="T">The type of its elements: float, Half, BFloat16, long, int, byte or bool.</typeparam>
    public static OnnxValue Allocate<T>(params ReadOnlySpan<long> shape) where T : unmanaged => Allocate(TypeOf<T>(), shape);

    /// <summary>Likewise, of a type that is known when it runs.</summary>
    public static OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape) => OnnxMemory.Host.Allocate(type, shape);

    /// <summary>The first elements of this value under another shape: the same memory, nothing is copied.</summary>
    /// <exception cref="OnnxRuntimeException">The shape has more elements.</exception>
    public OnnxValue View(params ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* sizes = shape)
            OrtApi.CreateTensorWithDataAsOrtValue(Memory.Info, Pointer, (nuint)ByteCount, sizes, (nuint)shape.Length, (int)ElementType, &value).Ok();
        return new OnnxValue(value, Memory, Handle.Hold());
    }

    /// <summary>Some rows of it, those of the first dimension, as a new value in the same memory; there it is the caller's to wait: see <see cref="OnnxMemory.Wait"/>.</summary>
    public OnnxValue Gather(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var gathered = Memory.Allocate(ElementType, [rows.Count, .. Shape[1..]]);
        CopyRows(gathered, rows);
        return gathered;
    }

    /// <summary>Moves rows up to the first places, in their order, which is that of their numbers.</summary>
    public void MoveUp(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        CopyRows(this, rows);
    }

    /// <summary>Sets every byte to 0.</summary>
    public void Clear() => Memory.Clear(Pointer, ByteCount);

    /// <summary>A copy in the machine's memory.</summary>
    public OnnxValue ToHost()
    {
        var copy = Allocate(ElementType, Shape);
        Memory.ReadTo(Pointer, copy.Bytes());
        return copy;
    }

    /// <summary>The elements, last dimension fastest; the span must not outlive this value.</summary>
    /// <exception cref="InvalidOperationException">The elements are not of type <typeparamref name="T"/>, or on a card.</exception>
    public Span<T> Data<T>() where T : unmanaged
    {
        if (TypeOf<T>() != ElementType)
            throw new InvalidOperationException($"found a tensor of {ElementType}, expected {TypeOf<T>()}");
        return new Span<T>(HostPointer, checked((int)Count));
    }

    /// <summary>The elements as they lie in memory, whatever their type.</summary>
    /// <exception cref="InvalidOperationException">They are on a card.</exception>
    public Span<byte> Bytes() => new(HostPointer, checked((int)ByteCount));

    /// <summary>Where they lie, for the arguments of kernels; the value must live until these are done.</summary>
    public nint Address => (nint)Pointer;

    public void Dispose() => Handle.Dispose();

    private void* Pointer
    {
        get
        {
            using var value = Handle.Lease();
            void* data;
            OrtApi.GetTensorMutableData(value.Pointer, &data).Ok();
            return data;
        }
    }

    private void* HostPointer => Memory == OnnxMemory.Host ? Pointer : throw new InvalidOperationException($"found a tensor in {Memory}, expected one in {OnnxMemory.Host}");

    private void CopyRows(OnnxValue target, IReadOnlyList<int> rows)
    {
        byte* from = (byte*)Pointer, to = (byte*)target.Pointer;
        var length = Shape[0] == 0 ? 0 : ByteCount / Shape[0];
        for (var i = 0; i < rows.Count && length > 0; i++)
            if (to != from || rows[i] != i)
                Memory.Copy(from + rows[i] * length, to + i * length, length);
    }

    internal static int SizeOf(TensorElementType type) => type switch
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
