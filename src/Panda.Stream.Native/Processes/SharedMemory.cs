using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Panda.Stream.Native.Processes;

/// <summary>
/// Memory that two processes see. It has no name anywhere, so that the kernel frees it with the last process that maps it, however
/// that one ends; its size is sealed, so that neither side can take away what the other reads.
/// </summary>
public sealed unsafe partial class SharedMemory : SafeHandle
{
    private const uint CloseOnExec = 1, AllowSealing = 2;                                          // MFD_*
    private const int AddSeals = 1033, GetSeals = 1034, SealSeal = 1, SealShrink = 2, SealGrow = 4; // F_*_SEALS, F_SEAL_*
    private const int Read = 1, Write = 2, Shared = 1;                                             // PROT_*, MAP_SHARED

    private readonly SafeFileHandle _file;

    private SharedMemory(SafeFileHandle file, long bytes, int protection) : base(-1, ownsHandle: true)
    {
        (_file, Bytes) = (file, bytes);
        SetHandle(mmap(0, (nuint)bytes, protection, Shared, file, 0));
        if (IsInvalid)
            throw Failure($"mmap of {bytes} bytes");
    }

    public override bool IsInvalid => handle == -1;

    public long Bytes { get; }

    /// <summary>Its number in the process that made it, by which <see cref="OpenOf"/> finds it.</summary>
    public int Descriptor => (int)_file.DangerousGetHandle();

    /// <summary>The first byte; valid until this is disposed.</summary>
    public nint Start => !IsClosed ? handle : throw new ObjectDisposedException(nameof(SharedMemory));

    /// <summary>Makes memory that this process reads and writes. Pages are taken when they are first touched.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static SharedMemory Create(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        var file = new SafeFileHandle(memfd_create("panda-frames", CloseOnExec | AllowSealing), ownsHandle: true);
        if (file.IsInvalid)
            throw Failure("memfd_create");
        if (ftruncate(file, bytes) != 0 || fcntl(file, AddSeals, SealShrink | SealGrow | SealSeal) != 0)
            throw Failure($"shared memory of {bytes} bytes");
        return new SharedMemory(file, bytes, Read | Write);
    }

    /// <summary>Maps, for reading only, what another process of this user has made.</summary>
    /// <exception cref="IOException">There is none, it is smaller than <paramref name="bytes"/>, or could be made smaller.</exception>
    public static SharedMemory OpenOf(int process, int descriptor, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        var file = File.OpenHandle($"/proc/{process}/fd/{descriptor}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var (length, isSealed) = (RandomAccess.GetLength(file), (fcntl(file, GetSeals, 0) & SealShrink) != 0);
        if (!isSealed || length < bytes)
        {
            file.Dispose();
            throw new IOException($"shared memory: found {length} {(isSealed ? "" : "un")}sealed bytes, expected {bytes} sealed ones");
        }
        return new SharedMemory(file, bytes, Read);
    }

    protected override bool ReleaseHandle()
    {
        var unmapped = munmap(handle, (nuint)Bytes) == 0;
        _file.Dispose();
        return unmapped;
    }

    private static IOException Failure(string what) => new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport(NativeLibraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial int ftruncate(SafeFileHandle file, long bytes);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, int argument);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial nint mmap(nint at, nuint bytes, int protection, int flags, SafeFileHandle file, long offset);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial int munmap(nint at, nuint bytes);
}
