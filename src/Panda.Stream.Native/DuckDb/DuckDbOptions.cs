namespace Panda.Stream.Native.DuckDb;

/// <summary>What an in-memory DuckDB may take of the machine. It never fetches extensions and never spills to disk.</summary>
public sealed record DuckDbOptions
{
    /// <summary>DuckDB's buffers, in MiB; a statement that needs more fails with "Out of Memory".</summary>
    public int MemoryMiB { get; init; } = 1024;

    /// <summary>One by default: decoding and models want the cores, and one thread writes the same bytes each time.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>When given, SQL reaches files of this folder only, whatever names it is handed.</summary>
    public string? OnlyFolder { get; init; }
}
