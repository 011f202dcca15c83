using System.Runtime.InteropServices;
using System.Text;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Tests.Kernels;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cuda;

/// <summary>A driver over the machine's memory (fake_cuda.cpp, with fake_nvcuvid.cpp), a copy of its own for each test: what one does to it no other sees.</summary>
internal sealed unsafe class FakeDriver : IDisposable
{
    private static readonly Lazy<byte[]?> Library = new(Build);

    private readonly TemporaryFolder _folder = new();
    private readonly nint _library;

    /// <param name="devices">Cards.</param>
    /// <param name="version">CUDA version, such as 12040.</param>
    /// <param name="capability">Compute capability, such as 80.</param>
    /// <param name="memory">Bytes of each card.</param>
    public FakeDriver(int devices = 1, int version = 12040, int capability = 80, long memory = 1 << 30)
    {
        Assert.SkipWhen(Library.Value is null, $"found none of {string.Join(", ", ShimLibrary.Compilers)}: the driver's binding is not checked");
        _library = NativeLibrary.Load(_folder.Write(Path.GetFileName(File), Library.Value));
        ((delegate* unmanaged<int, int, int, nuint, void>)Export("fake_machine"))(devices, version, capability, (nuint)memory);
    }

    /// <summary>Where it lies.</summary>
    public string File => _folder.File("libcuda.so.1");

    /// <summary>A folder in which the system's search finds it as the driver, to be named by <c>LD_LIBRARY_PATH</c>.</summary>
    /// <param name="decodes">Whether it has a video decoder, too.</param>
    public static void PutInto(TemporaryFolder folder, bool decodes)
    {
        Assert.SkipWhen(Library.Value is null, $"found none of {string.Join(", ", ShimLibrary.Compilers)}: decoding on a card is not checked");
        var driver = folder.Write("libcuda.so.1", Library.Value);
        if (decodes)
            System.IO.File.CreateSymbolicLink(folder.File("libnvcuvid.so.1"), driver); // one library, so one memory
    }

    /// <summary>Loads it as the program would.</summary>
    public CudaDriver Load() => CudaDriver.Of(_library);

    /// <summary>Lets so many calls go well, then the next one fail. The call <c>kernel</c> is the running of one.</summary>
    public void Fail(string call, int error, int good = 0)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(call + '\0'))
            ((delegate* unmanaged<byte*, int, int, void>)Export("fake_fail"))(name, good, error);
    }

    /// <summary>Makes all memory every card's.</summary>
    public void Share() => ((delegate* unmanaged<void>)Export("fake_share"))();

    /// <summary>Contexts, streams, events, modules and memory that nobody has released.</summary>
    public int Live => ((delegate* unmanaged<int>)Export("fake_live"))();

    // Not unloaded: a finaliser may still call it.
    public void Dispose() => _folder.Dispose();

    private void* Export(string name) => (void*)NativeLibrary.GetExport(_library, name);

    private static string Source(string name) => Repository.File($"tests/Panda.Stream.Tests/Cuda/{name}");

    private static byte[]? Build()
    {
        using var folder = new TemporaryFolder();
        return ShimLibrary.Compile(folder.File("fake.so"), Source("fake_cuda.cpp"), Source("fake_nvcuvid.cpp")) ? System.IO.File.ReadAllBytes(folder.File("fake.so")) : null;
    }
}
