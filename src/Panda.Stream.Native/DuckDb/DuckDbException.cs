using System.Runtime.InteropServices;

namespace Panda.Stream.Native.DuckDb;

/// <summary>DuckDB refused or failed; the message holds what was being done and DuckDB's own words.</summary>
public sealed class DuckDbException(string message) : Exception(message)
{
    internal static unsafe DuckDbException From(string doing, byte* reason)
    {
        var text = Marshal.PtrToStringUTF8((nint)reason) ?? "DuckDB gave no reason";
        // A quotation of the statement follows the reason; ours are written by this program and say a user nothing.
        var quotation = text.IndexOf("\n\nLINE ", StringComparison.Ordinal);
        if (quotation >= 0)
            text = text[..quotation];
        return new($"{doing}: {text.ReplaceLineEndings(" ")}");
    }
}
