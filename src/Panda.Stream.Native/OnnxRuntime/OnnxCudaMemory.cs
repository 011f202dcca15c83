using System.Runtime.InteropServices;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>
/// A card's memory. All work on it goes through one stream, that of sessions too (ONNX Runtime's <c>user_compute_stream</c>): what one has
/// queued the next finds done, with no copy and no waiting between them. The stream must outlive sessions and values.
/// </summary>
public unsafe class OnnxCudaMemory : OnnxMemory, IDisposable
{
    private const int DeviceAllocator = 0, DefaultMemory = 0; // OrtAllocatorType, OrtMemType

    private readonly CudaPool<CudaMemory> _pool;
    private readonly CudaPool<CudaPinned> _pinned;
    private readonly OrtMemoryInfoHandle _info;

    public OnnxCudaMemory(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (Stream, _pool, _pinned) = (stream, stream.CreatePool(), stream.CreatePinnedPool());
        nint info;
        fixed (byte* name = "Cuda"u8)
            OrtApi.CreateMemoryInfo(name, DeviceAllocator, Ordinal, DefaultMemory, &info).Ok();
        _info = new(info);
    }

    /// <summary>What else works on the card's tensors queues it here.</summary>
    public CudaStream Stream { get; }

    internal override nint Info => _info.DangerousGetHandle();

    private int Ordinal => Stream.Context.Device.Ordinal;

    public override OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape)
    {
        var bytes = (long)OnnxValue.SizeOf(type);
        foreach (var size in shape)
            bytes *= size;
        // An empty tensor has an address, too.
        var room = _pool.Rent(Math.Max(1, bytes));
        nint value;
        try
        {
            fixed (long* sizes = shape)
                OrtApi.CreateTensorWithDataAsOrtValue(Info, (void*)room.Block.Pointer, (nuint)bytes, sizes, (nuint)shape.Length, (int)type, &value).Ok();
        }
        catch
        {
            room.Dispose();
            throw;
        }
        return new OnnxValue(value, this, room);
    }

    /// <summary>Whether sessions can be opened here, before there is one.</summary>
    /// <exception cref="OnnxRuntimeException">They cannot; with what ONNX Runtime says.</exception>
    public void Check()
    {
        nint created;
        OrtApi.CreateSessionOptions(&created).Ok();
        using var owned = new OrtSessionOptionsHandle(created);
        using var options = owned.Lease();
        AppendProvider(options.Pointer);
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

    internal override void AppendProvider(nint sessionOptions)
    {
        using var environment = OnnxEnvironment.Handle.Lease(); // the provider writes to its log
        nint created;
        OrtApi.CreateCudaOptions(&created).Ok();
        using var owned = new OrtCudaOptionsHandle(created);
        using var options = owned.Lease();
        nint[] keys = [.. Options().Keys.Select(Marshal.StringToCoTaskMemUTF8)], values = [.. Options().Values.Select(Marshal.StringToCoTaskMemUTF8)];
        try
        {
            fixed (nint* firstKey = keys, firstValue = values)
                OrtApi.UpdateCudaOptions(options.Pointer, (byte**)firstKey, (byte**)firstValue, (nuint)keys.Length).Ok();
        }
        finally
        {
            foreach (var text in keys.Concat(values))
                Marshal.FreeCoTaskMem(text);
        }
        // After the texts, which set all options anew.
        using var stream = Stream.Handle.Lease();
        fixed (byte* key = "user_compute_stream"u8)
            OrtApi.UpdateCudaOption(options.Pointer, key, stream.Pointer).Ok();
        OrtApi.AppendCudaProvider(sessionOptions, options.Pointer).Ok();
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

    private Dictionary<string, string> Options() => new()
    {
        ["device_id"] = $"{Ordinal}",
        // Doubling would take memory that other models of the card have been promised.
        ["arena_extend_strategy"] = "kSameAsRequested",
        // An exhaustive search tries every algorithm anew for each shape, and which is the fastest may differ from run to run.
        ["cudnn_conv_algo_search"] = "HEURISTIC",
        ["do_copy_in_default_stream"] = "1", // that is, in the compute stream
        ["use_tf32"] = "0", // 10 bits of precision would move scores across thresholds
    };
}
