using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// A card's memory. All work on it goes through one stream, that of sessions too (ONNX Runtime's <c>user_compute_stream</c>): what one has
/// queued the next finds done, with no copy and no waiting between them. The stream must outlive sessions and values.
/// </summary>
public unsafe class OnnxCudaMemory : OnnxMemory, IDisposable
{
    private readonly CudaPool<CudaMemory> _pool;
    private readonly CudaPool<CudaPinned> _pinned;
    private readonly OrtMemoryInfo _info;

    public OnnxCudaMemory(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (Stream, _pool, _pinned) = (stream, stream.CreatePool(), stream.CreatePinnedPool());
        _ = OnnxEnvironment.Instance;
        _info = new(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, Ordinal, OrtMemType.Default);
    }

    /// <summary>What else works on the card's tensors queues it here.</summary>
    public CudaStream Stream { get; }

    internal override OrtMemoryInfo Info => _info;

    private int Ordinal => Stream.Context.Device.Ordinal;

    public override OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape)
    {
        var bytes = (long)OnnxValue.SizeOf(type);
        foreach (var size in shape)
            bytes *= size;
        // An empty tensor has an address, too.
        var room = _pool.Rent(Math.Max(1, bytes));
        return OnnxValue.Over(this, (void*)room.Block.Pointer, bytes, room, type, shape);
    }

    /// <summary>Whether sessions can be opened here, before there is one.</summary>
    /// <exception cref="OnnxRuntimeException">They cannot; with what ONNX Runtime says.</exception>
    public void Check()
    {
        using var options = new SessionOptions();
        AppendProvider(options);
    }

    public override void Wait() => Stream.Synchronize();

    /// <summary>Frees what is idle; what values use is freed with them.</summary>
    public void Dispose()
    {
        _pool.Dispose();
        _pinned.Dispose();
        _info.Dispose();
        GC.SuppressFinalize(this);
    }

    public override string ToString() => $"the memory of {Stream.Context.Device}";

    internal override void AppendProvider(SessionOptions options)
    {
        using var stream = Stream.Handle.Lease();
        using var provider = new OrtCUDAProviderOptions();
        provider.UpdateOptions(Options(stream.Pointer));
        options.AppendExecutionProvider_CUDA(provider);
    }

    internal override void Copy(void* from, void* to, long bytes) => Stream.Copy((nint)from, (nint)to, bytes);

    internal override void Clear(void* memory, long bytes)
    {
        if (bytes > 0)
            Stream.Fill((nint)memory, 0, bytes);
    }

    internal override void ReadTo(void* from, Span<byte> to)
    {
        if (to.IsEmpty)
            return;
        using var staged = _pinned.Rent(to.Length);
        Stream.ReadBack((nint)from, staged.Block, to.Length);
        Wait();
        staged.Block.Span[..to.Length].CopyTo(to);
    }

    private Dictionary<string, string> Options(nint stream) => new()
    {
        ["device_id"] = $"{Ordinal}",
        // Doubling would take memory that other models of the card have been promised.
        ["arena_extend_strategy"] = "kSameAsRequested",
        // An exhaustive search tries every algorithm anew for each shape, and which is the fastest may differ from run to run.
        ["cudnn_conv_algo_search"] = "HEURISTIC",
        ["do_copy_in_default_stream"] = "1", // that is, in the compute stream
        ["use_tf32"] = "0", // 10 bits of precision would move scores across thresholds
        ["has_user_compute_stream"] = "1",
        ["user_compute_stream"] = stream.ToString(CultureInfo.InvariantCulture),
    };
}
