using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Panda.Stream.Native.Files;

/// <summary>
/// Opens files that strangers name or bring. A pipe would wait for ever for its writer, a device such as /dev/zero never ends,
/// and both look like files to <see cref="File.Exists"/>: only a regular file is opened here, and no more is read than allowed.
/// </summary>
public static unsafe partial class RegularFile
{
    private const int ReadOnly = 0x0, NotBlocking = 0x800, CloseOnExec = 0x80000; // O_RDONLY, O_NONBLOCK, O_CLOEXEC on linux-x64
    private const int ThePathIsEmpty = 0x1000; // AT_EMPTY_PATH: the descriptor itself is asked about
    private const uint TypeAndMode = 0x1; // STATX_TYPE
    private const int StatxSize = 256, ModeOffset = 28, KindMask = 0xF000, Regular = 0x8000; // struct statx, whose layout is fixed; S_IFMT, S_IFREG
    private const int NoSuchFile = 2, NoSuchFolder = 20; // ENOENT, ENOTDIR

    /// <summary>Opens a regular file for reading; links are followed.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It is a folder, a pipe, a device or a socket, or cannot be read.</exception>
    public static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // Without O_NONBLOCK the open itself would wait for the writer of a pipe.
        var descriptor = open(path, ReadOnly | NotBlocking | CloseOnExec);
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            var reason = $"{path}: {Marshal.GetPInvokeErrorMessage(error)}";
            throw error is NoSuchFile or NoSuchFolder ? new FileNotFoundException(reason, path) : new IOException(reason);
        }
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var facts = stackalloc byte[StatxSize];
        if (statx(descriptor, "", ThePathIsEmpty, TypeAndMode, facts) == 0 && (*(ushort*)(facts + ModeOffset) & KindMask) == Regular)
            return new FileStream(handle, FileAccess.Read);
        handle.Dispose();
        throw new IOException($"{path}: found a folder, a pipe or a device, expected a file");
    }

    /// <summary>The whole of a regular file of at most so many bytes.</summary>
    /// <exception cref="IOException">As <see cref="Open"/>, or it is larger.</exception>
    public static byte[] ReadAll(string path, int mostBytes)
    {
        using var file = Open(path);
        if (file.Length > mostBytes)
            throw new IOException($"{path}: found {file.Length} bytes, expected at most {mostBytes}");
        // Files of /proc have no length to tell, and others may grow meanwhile.
        var bytes = new byte[file.Length];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    [LibraryImport(NativeLibraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint wanted, byte* facts);
}
