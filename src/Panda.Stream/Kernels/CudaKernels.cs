using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Kernels;

/// <summary>The kernels on one card, each module compiled for it at its first use. Safe for use by several threads at once.</summary>
internal sealed class CudaKernels(CudaContext context) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CudaModule> _modules = [];
    private readonly Dictionary<string, CudaKernel> _kernels = [];

    /// <summary>Queues a kernel. What its argument points to must live until the stream has come past it.</summary>
    /// <exception cref="CudaException">The card or the driver cannot take it.</exception>
    public void Launch<T>(CudaStream stream, T arguments) where T : unmanaged, IKernelArguments
    {
        var grid = arguments.Grid;
        Find(T.Module, T.Kernel).Launch(stream, (grid.X, grid.Y, grid.Z), T.Threads, arguments);
    }

    /// <summary>Compiles a module, unless it is done.</summary>
    /// <exception cref="CudaException">The card or the driver cannot take it.</exception>
    public CudaModule Load(string module)
    {
        lock (_lock)
            return _modules.TryGetValue(module, out var loaded) ? loaded : _modules[module] = context.LoadModule(module, KernelModules.Ptx(module));
    }

    public void Dispose()
    {
        foreach (var module in _modules.Values)
            module.Dispose();
    }

    private CudaKernel Find(string module, string kernel)
    {
        lock (_lock)
            return _kernels.TryGetValue(kernel, out var found) ? found : _kernels[kernel] = Load(module).Kernel(kernel);
    }
}
