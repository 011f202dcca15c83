using System.Runtime.InteropServices;

namespace Panda.Stream.Native.DuckDb;

/// <summary>An owned DuckDB object; it keeps its parent open for as long as it lives, in whichever order both are disposed.</summary>
internal abstract class DuckDbHandle() : SafeHandle(0, ownsHandle: true)
{
    private SafeHandle? _parent;

    public override bool IsInvalid => handle == 0;

    internal void Hold(SafeHandle parent)
    {
        var held = false;
        parent.DangerousAddRef(ref held);
        _parent = parent;
    }

    protected sealed override bool ReleaseHandle()
    {
        Destroy(ref handle);
        _parent?.DangerousRelease();
        return true;
    }

    protected abstract void Destroy(ref nint owned);
}

internal sealed class ConfigHandle : DuckDbHandle
{
    protected override void Destroy(ref nint owned) => DuckDbNative.duckdb_destroy_config(ref owned);
}

internal sealed class DatabaseHandle : DuckDbHandle
{
    protected override void Destroy(ref nint owned) => DuckDbNative.duckdb_close(ref owned);
}

internal sealed class ConnectionHandle : DuckDbHandle
{
    protected override void Destroy(ref nint owned) => DuckDbNative.duckdb_disconnect(ref owned);
}

internal sealed class StatementHandle : DuckDbHandle
{
    protected override void Destroy(ref nint owned) => DuckDbNative.duckdb_destroy_prepare(ref owned);
}

internal sealed class AppenderHandle : DuckDbHandle
{
    protected override void Destroy(ref nint owned) => _ = DuckDbNative.duckdb_appender_destroy(ref owned);
}

internal sealed class LogicalTypeHandle : DuckDbHandle
{
    protected override void Destroy(ref nint owned) => DuckDbNative.duckdb_destroy_logical_type(ref owned);
}

internal sealed class ChunkHandle : DuckDbHandle
{
    protected override void Destroy(ref nint owned) => DuckDbNative.duckdb_destroy_data_chunk(ref owned);
}
