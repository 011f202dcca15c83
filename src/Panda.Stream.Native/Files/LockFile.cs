using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Panda.Stream.Native.Files;

/// <summary>
/// A file that one process at a time can hold, and that says who does. The kernel lets go when the process ends, however it ends.
/// (FileStream with FileShare.None holds a file too, but then nobody else can read in it who that is.)
/// </summary>
public sealed partial class LockFile : IDisposable
{
    private const int ReadWrite = 0x2, Create = 0x40, NoLink = 0x20000, CloseOnExec = 0x80000; // O_RDWR, O_CREAT, O_NOFOLLOW, O_CLOEXEC on linux-x64
    private const int Exclusive = 2, NotBlocking = 4, Unlock = 8; // LOCK_EX, LOCK_NB, LOCK_UN
    private const int WouldBlock = 11; // EWOULDBLOCK
    private const int UserWritesAllRead = 0x1A4; // rw-r--r--

    private readonly FileStream _file;

    private LockFile(FileStream file) => _file = file;

    /// <summary>Holds the file, making it when it is not there; null when another holds it.</summary>
    /// <param name="holder">What to write into it for others to read.</param>
    /// <param name="other">What another holder had written, when there is one.</param>
    /// <exception cref="IOException">It cannot be opened for writing.</exception>
    public static LockFile? TryTake(string path, string holder, out string other)
    {
        other = "";
        // The holder is written over what the file held: a link that was put there must not lead that elsewhere.
        var descriptor = open(path, ReadWrite | Create | NoLink | CloseOnExec, UserWritesAllRead);
        if (descriptor < 0)
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite);
        if (flock(descriptor, Exclusive | NotBlocking) == 0)
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(holder));
            file.Flush();
            return new(file);
        }
        var error = Marshal.GetLastPInvokeError();
        using (var reader = new StreamReader(file))
        {
            if (error != WouldBlock)
                throw new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(error)}");
            other = reader.ReadToEnd();
        }
        return null;
    }

    /// <summary>Lets go. The file stays: deleting one that another process is about to hold would let two in.</summary>
    public void Dispose()
    {
        // Said, not only left to the closing: a child process that is being started has a copy of the descriptor for a moment.
        _ = flock((int)_file.SafeFileHandle.DangerousGetHandle(), Unlock);
        _file.Dispose();
    }

    [LibraryImport(NativeLibraries.LibC, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport(NativeLibraries.LibC, SetLastError = true)]
    private static partial int flock(int descriptor, int operation);
}
