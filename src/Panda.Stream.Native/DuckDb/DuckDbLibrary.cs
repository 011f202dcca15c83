using System.Runtime.InteropServices;

namespace Panda.Stream.Native.DuckDb;

/// <summary>The loaded libduckdb.</summary>
public static class DuckDbLibrary
{
    private const string Wanted = "v1.5.";

    /// <summary>Its version as it says itself, e.g. <c>v1.5.6</c>; the binding has been found to fit it.</summary>
    /// <exception cref="NativeLibraryException">No libduckdb, or one of another minor version.</exception>
    public static string Version => Checked.Value;

    private static readonly Lazy<string> Checked = new(Load);

    private static unsafe string Load()
    {
        var found = Marshal.PtrToStringUTF8((nint)DuckDbNative.duckdb_library_version()) ?? "";
        Require(found);
        return found;
    }

    internal static void Require(string found)
    {
        if (!found.StartsWith(Wanted, StringComparison.Ordinal))
            throw new NativeLibraryException(
                $"duckdb: found version '{found}', expected {Wanted}x, whose C API this binding was written for. " +
                "To mend it: npm ci --ignore-scripts in src/Panda.Stream.Native, then build again; or set PANDA_DUCKDB to such a file.");
    }
}
