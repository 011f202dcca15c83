using System.Runtime.InteropServices;

namespace Panda.Stream.Native.DuckDb;

/// <summary>DuckDB refused or failed; the message holds what was being done and DuckDB's own words.</summary>
public sealed class DuckDbException(string message) : Exception(message)
{
    internal static unsafe DuckDbException From(string doing, byte* reason) =>
        new($"{doing}: {Marshal.PtrToStringUTF8((nint)reason) ?? "DuckDB gave no reason"}");
}
