using Panda.Stream.Kernels;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos.Cards;

/// <summary>A card as one lane decodes on it: the stream in which all work on its frames is queued, so that each piece comes after what it needs, and what works there.</summary>
internal sealed class DecodeCard : IDisposable
{
    private string? _failure;

    /// <exception cref="CudaException">The card cannot be used.</exception>
    /// <exception cref="LibavException">libav cannot decode on it.</exception>
    internal DecodeCard(CudaDriver driver, int ordinal)
    {
        if (ordinal >= driver.Devices.Count)
            throw new CudaException("cuDeviceGet", 101, "CUDA_ERROR_INVALID_DEVICE", $"found {driver.Devices.Count} cards, expected one of number {ordinal}");
        Context = new(driver, driver.Devices[ordinal]);
        try
        {
            Stream = Context.CreateStream();
            Decoding = new(Stream);
        }
        catch
        {
            Stream?.Dispose();
            Context.Dispose();
            throw;
        }
        Kernels = new(Context);
        Memory = Stream.CreatePool();
        Pinned = Stream.CreatePinnedPool();
    }

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    public CudaKernels Kernels { get; }

    /// <summary>For the work of <see cref="Stream"/>.</summary>
    public CudaPool<CudaMemory> Memory { get; }

    public CudaPool<CudaPinned> Pinned { get; }

    internal CudaDecoding Decoding { get; }

    /// <summary>Why some work on its frames was done by the CPU, in words; the first reason stands.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>Notes it.</summary>
    public void Fail(string reason) => Interlocked.CompareExchange(ref _failure, reason, null);

    /// <param name="ordinal">Its number among the driver's.</param>
    /// <exception cref="NativeLibraryException">There is no driver, or it lacks its video decoder.</exception>
    /// <exception cref="CudaException">The card is not there or cannot be used.</exception>
    /// <exception cref="LibavException">libav cannot decode on it.</exception>
    public static DecodeCard Open(int ordinal)
    {
        var driver = CudaDriver.Require();
        // libav opens it too, by its name, but says no more than that it could not.
        NativeLoader.Load(NativeLibraries.Nvcuvid);
        return new(driver, ordinal);
    }

    /// <summary>Frames that are still leased stay valid.</summary>
    public void Dispose()
    {
        Decoding.Dispose();
        Kernels.Dispose();
        Memory.Dispose();
        Pinned.Dispose();
        Stream.Dispose();
        Context.Dispose();
    }
}
