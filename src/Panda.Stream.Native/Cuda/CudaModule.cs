using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Native.Cuda;

/// <summary>Kernels that were compiled for a card. They live as long as the module.</summary>
public sealed unsafe partial class CudaModule : IDisposable
{
    private const int LogBytes = 16384;
    private const int ErrorLogBuffer = 5, ErrorLogBufferBytes = 6; // CUjit_option

    private readonly CudaContext _context;
    private readonly string _name;

    internal CudaModule(CudaContext context, string name, string ptx)
    {
        ArgumentNullException.ThrowIfNull(ptx);
        (_context, _name) = (context, name);
        var capability = context.Device.ComputeCapability;
        if (LeastCapability(ptx) is { } wanted && 10 * capability.Major + capability.Minor < wanted)
            throw new CudaException("cuModuleLoadDataEx", CudaException.NoBinaryForGpu, "CUDA_ERROR_NO_BINARY_FOR_GPU", "not tried",
                $"module {name}: found {context.Device} of compute capability {capability.Major}.{capability.Minor}, expected {wanted / 10}.{wanted % 10} or later");
        var log = new byte[LogBytes + 1];
        nint module;
        int result;
        fixed (byte* text = Encoding.UTF8.GetBytes(ptx + '\0'), room = log)
        {
            var options = stackalloc int[] { ErrorLogBuffer, ErrorLogBufferBytes };
            var values = stackalloc void*[] { room, (void*)LogBytes };
            using var current = context.Enter();
            result = context.Api.ModuleLoadDataEx(&module, text, 2, options, values);
        }
        if (result != 0)
            throw context.Driver.Error("cuModuleLoadDataEx", result, Refusal(result, ptx, Encoding.UTF8.GetString(log.AsSpan(0, log.IndexOf((byte)0))).Trim()));
        Handle = new(context.Handle, module);
    }

    internal CudaModuleHandle Handle { get; }

    /// <exception cref="CudaException">The module has none of that name.</exception>
    public CudaKernel Kernel(string name)
    {
        using var current = _context.Enter();
        using var module = Handle.Lease();
        nint function;
        int result;
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
            result = _context.Api.ModuleGetFunction(&function, module.Pointer, text);
        return result == 0 ? new(_context, this, function) : throw _context.Driver.Error("cuModuleGetFunction", result, $"module {_name}: found no kernel '{name}'");
    }

    /// <summary>The least compute capability of a card that takes some PTX, times ten; null where it does not say.</summary>
    public static int? LeastCapability(string ptx) => Target().Match(ptx) is { Success: true } target ? int.Parse(target.Groups[1].ValueSpan) : null;

    public void Dispose() => Handle.Dispose();

    private string Refusal(int result, string ptx, string log)
    {
        var why = result == CudaException.UnsupportedPtxVersion
            ? $"found PTX {Version().Match(ptx).Groups[1].Value} and a driver for CUDA {_context.Driver.VersionText}, expected a newer driver"
            : $"{_context.Device} could not take it";
        return $"module {_name}: {why}{(log.Length > 0 ? $"; the compiler said: {log}" : "")}";
    }

    [GeneratedRegex(@"^\.target sm_(\d+)", RegexOptions.Multiline)]
    private static partial Regex Target();

    [GeneratedRegex(@"^\.version (\S+)", RegexOptions.Multiline)]
    private static partial Regex Version();
}

/// <summary>A kernel of a module.</summary>
public sealed unsafe class CudaKernel
{
    private readonly CudaContext _context;
    private readonly CudaModule _module;
    private readonly nint _function;

    internal CudaKernel(CudaContext context, CudaModule module, nint function) => (_context, _module, _function) = (context, module, function);

    /// <summary>Queues it.</summary>
    /// <typeparam name="T">The kernel's one argument; the driver takes a copy.</typeparam>
    /// <param name="stream">A stream of the module's card.</param>
    /// <param name="blocks">In each direction.</param>
    /// <param name="threads">Of each block.</param>
    /// <param name="arguments">Its argument. What it points to must live until the kernel is done.</param>
    /// <exception cref="ArgumentException">The stream is of another card.</exception>
    public void Launch<T>(CudaStream stream, (int X, int Y, int Z) blocks, int threads, T arguments) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.Context != _context)
            throw new ArgumentException($"found a stream of {stream.Context.Device}, expected one of {_context.Device}, the kernel's", nameof(stream));
        void* argument = &arguments;
        using var current = _context.Enter();
        using var module = _module.Handle.Lease();
        using var queue = stream.Handle.Lease();
        _context.Driver.Check("cuLaunchKernel", _context.Api.LaunchKernel(
            _function, (uint)blocks.X, (uint)blocks.Y, (uint)blocks.Z, (uint)threads, 1, 1, 0, queue.Pointer, &argument, null));
    }
}
