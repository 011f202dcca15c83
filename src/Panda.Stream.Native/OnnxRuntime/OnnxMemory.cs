using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>Where tensors lie, and with that where a session works: the machine's memory and its CPU, or a card's.</summary>
public abstract unsafe class OnnxMemory
{
    internal OnnxMemory()
    {
    }

    /// <summary>The machine's own.</summary>
    public static OnnxMemory Host { get; } = new OnnxHostMemory();

    /// <summary>How ONNX Runtime names it.</summary>
    internal abstract OrtMemoryInfo Info { get; }

    /// <summary>A new tensor whose contents are undefined until they are written.</summary>
    public abstract OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape);

    /// <summary>Waits until what was begun here is done: copies between its values, of which those that were read may go then.</summary>
    public abstract void Wait();

    /// <summary>Has the sessions that are opened with these options work here.</summary>
    internal abstract void AppendProvider(SessionOptions options);

    /// <summary>Copies between places that do not overlap, in order with all else here.</summary>
    internal abstract void Copy(void* from, void* to, long bytes);

    internal abstract void Clear(void* memory, long bytes);

    /// <summary>Copies to the machine's memory, and waits for it.</summary>
    internal abstract void ReadTo(void* from, Span<byte> to);
}

/// <summary>The machine's memory, by ONNX Runtime's own allocator.</summary>
internal sealed unsafe class OnnxHostMemory : OnnxMemory
{
    internal override OrtMemoryInfo Info => OrtMemoryInfo.DefaultInstance;

    public override OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape)
    {
        _ = OnnxEnvironment.Instance;
        var sizes = shape.ToArray();
        return new OnnxValue(OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, sizes), this, type, sizes);
    }

    public override void Wait()
    {
    }

    public override string ToString() => "the machine's memory";

    internal override void AppendProvider(SessionOptions options)
    {
    }

    internal override void Copy(void* from, void* to, long bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);

    internal override void Clear(void* memory, long bytes) => System.Runtime.InteropServices.NativeMemory.Clear(memory, (nuint)bytes);

    internal override void ReadTo(void* from, Span<byte> to) => new ReadOnlySpan<byte>(from, to.Length).CopyTo(to);
}
