using Panda.Stream.Native.DuckDb;

namespace Panda.Stream.Shards;

/// <summary>One column of a shard: its name and type in SQL, what it means, and how a row's value is written.</summary>
/// <param name="Unit">Unit or form of the value; empty where the type says all.</param>
public sealed record Column<TRow>(string Name, string SqlType, string Unit, string Meaning, ColumnWriter<TRow> Write)
{
    /// <summary>The same column for rows that hold such a row.</summary>
    public Column<TOuter> Within<TOuter>(Func<TOuter, TRow> inner) =>
        new(Name, SqlType, Unit, Meaning, (row, slot) => Write(inner(row), slot));
}

/// <summary>Puts one column's value of a row in its place.</summary>
public delegate void ColumnWriter<in TRow>(TRow row, DuckDbSlot slot);
