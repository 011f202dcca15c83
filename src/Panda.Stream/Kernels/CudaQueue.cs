using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Kernels;

/// <summary>Work on a card that is done in order: kernels, copies, and the memory for them. For one thread at a time.</summary>
internal sealed class CudaQueue : IDisposable
{
    /// <param name="context">The card; it stays the caller's, like the kernels.</param>
    /// <param name="kernels">Those of the card.</param>
    public CudaQueue(CudaContext context, CudaKernels kernels)
    {
        (Context, Kernels, Stream) = (context, kernels, context.CreateStream());
        (Memory, Pinned) = (Stream.CreatePool(), Stream.CreatePinnedPool());
    }

    public CudaContext Context { get; }

    public CudaKernels Kernels { get; }

    public CudaStream Stream { get; }

    public CudaPool<CudaMemory> Memory { get; }

    public CudaPool<CudaPinned> Pinned { get; }

    public void Dispose()
    {
        try
        {
            // After a failure something may be queued that the memory is for.
            Stream.Synchronize();
        }
        catch (CudaException)
        {
            // The card is lost, and all that was queued with it.
        }
        Memory.Dispose();
        Pinned.Dispose();
        Stream.Dispose();
    }
}
