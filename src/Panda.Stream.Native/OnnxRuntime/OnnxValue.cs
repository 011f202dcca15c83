using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>A dense tensor. Not safe for use by several threads at once; dispose it, since the collector does not see its size.</summary>
public sealed unsafe class OnnxValue : IDisposable
{
    private readonly OrtValue _value;
    private readonly long[] _shape;
    private readonly IDisposable? _owner;
    private nint _data; // 0 until it is asked for
    private UseCount _uses;

    /// <param name="value">What a session has made.</param>
    /// <param name="memory">Where its elements lie.</param>
    internal OnnxValue(OrtValue value, OnnxMemory memory)
    {
        var info = value.GetTensorTypeAndShape();
        (_value, Memory, ElementType, _shape) = (value, memory, info.ElementDataType, info.Shape);
    }

    internal OnnxValue(OrtValue value, OnnxMemory memory, TensorElementType type, long[] shape, nint data = 0, IDisposable? owner = null) =>
        (_value, Memory, ElementType, _shape, _data, _owner) = (value, memory, type, shape, data, owner);

    /// <summary>Where its elements lie.</summary>
    public OnnxMemory Memory { get; }

    public TensorElementType ElementType { get; }

    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>Of all elements.</summary>
    internal long ByteCount => Count * SizeOf(ElementType);

    /// <summary>What ONNX Runtime knows it by, for calls on the thread that uses it.</summary>
    /// <exception cref="ObjectDisposedException">It has been disposed of.</exception>
    internal OrtValue Value
    {
        get
        {
            ObjectDisposedException.ThrowIf(_uses.IsDisposed, this);
            return _value;
        }
    }

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

    /// <summary>A tensor in memory that is there already.</summary>
    /// <param name="memory">Where the memory is.</param>
    /// <param name="data">Its address.</param>
    /// <param name="bytes">How much there is of it.</param>
    /// <param name="owner">What keeps it alive, disposed after the tensor; at once where there comes to be none.</param>
    /// <param name="type">The type of the elements.</param>
    /// <param name="shape">The shape.</param>
    /// <exception cref="OnnxRuntimeException">The shape has more elements.</exception>
    internal static OnnxValue Over(OnnxMemory memory, void* data, long bytes, IDisposable owner, TensorElementType type, ReadOnlySpan<long> shape)
    {
        try
        {
            var sizes = shape.ToArray();
            return new OnnxValue(OrtValue.CreateTensorValueWithData(memory.Info, type, sizes, (nint)data, bytes), memory, type, sizes, (nint)data, owner);
        }
        catch
        {
            owner.Dispose();
            throw;
        }
    }

    /// <summary>The first elements of this value under another shape: the same memory, nothing is copied.</summary>
    /// <exception cref="OnnxRuntimeException">The shape has more elements.</exception>
    public OnnxValue View(params ReadOnlySpan<long> shape)
    {
        var data = Pointer;
        Enter();
        return Over(Memory, data, ByteCount, new Held(this), ElementType, shape);
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

    public void Dispose()
    {
        if (_uses.Dispose())
            End();
    }

    /// <summary>What ONNX Runtime knows it by, alive until <see cref="Leave"/>.</summary>
    internal OrtValue Enter()
    {
        _uses.Enter(this);
        return _value;
    }

    internal void Leave()
    {
        if (_uses.Leave())
            End();
    }

    private void* Pointer
    {
        get
        {
            var value = Value;
            if (_data == 0 && Count > 0)
            {
                // The package gives addresses as spans only.
                if (ByteCount > int.MaxValue)
                    throw new NotSupportedException($"found a tensor of {ByteCount} bytes, expected at most {int.MaxValue} where its elements are read or copied");
                fixed (byte* data = value.GetTensorMutableRawData())
                    _data = (nint)data;
            }
            return (void*)_data;
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
        TensorElementType.Float or TensorElementType.Int32 or TensorElementType.UInt32 => 4,
        TensorElementType.Int64 or TensorElementType.UInt64 or TensorElementType.Double => 8,
        TensorElementType.Bool or TensorElementType.UInt8 or TensorElementType.Int8 => 1,
        _ => throw new NotSupportedException($"no tensors of {type}"),
    };

    private static TensorElementType TypeOf<T>() =>
        typeof(T) == typeof(float) ? TensorElementType.Float
        : typeof(T) == typeof(long) ? TensorElementType.Int64
        : typeof(T) == typeof(int) ? TensorElementType.Int32
        : typeof(T) == typeof(Half) ? TensorElementType.Float16
        : typeof(T) == typeof(BFloat16) ? TensorElementType.BFloat16
        : typeof(T) == typeof(bool) ? TensorElementType.Bool
        : typeof(T) == typeof(byte) ? TensorElementType.UInt8
        : throw new NotSupportedException($"no tensors of {typeof(T)}");

    private void End()
    {
        _value.Dispose();
        _owner?.Dispose();
    }

    private sealed class Held(OnnxValue value) : IDisposable
    {
        public void Dispose() => value.Leave();
    }
}
