using System.Runtime.InteropServices;

namespace Panda.Stream.Native;

/// <summary>The end of this process, without waiting for anything in it.</summary>
public static partial class ProcessEnd
{
    /// <summary>Ends it now, whatever its threads and engines are at; nothing is flushed, no handler runs.</summary>
    public static void AtOnce(int exitCode) => _exit(exitCode);

    [LibraryImport(NativeLibraries.LibC)]
    private static partial void _exit(int code);
}
