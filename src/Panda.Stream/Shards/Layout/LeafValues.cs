using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards.Layout;

/// <summary>What a row group has in one column, to be taken row by row.</summary>
internal abstract class ColumnValues
{
    /// <summary>Passes over the next row.</summary>
    internal abstract void Skip();

    /// <exception cref="InvalidDataException">There are more rows.</exception>
    internal abstract void End();
}

/// <summary>A column of Parquet's own: one place for each row, or for each item of a list in each row, and the values that are in them.</summary>
/// <param name="column">Its name.</param>
/// <param name="places">How many places there are.</param>
/// <param name="definitions">How much of each place is there; null where nothing can be missing.</param>
/// <param name="repetitions">Above 0 where a place is in the same list as the one before; null where there are no lists.</param>
/// <param name="ofItem">The definition from which on a list has an item in a place.</param>
/// <param name="ofValue">The definition where a value is in a place.</param>
internal abstract class LeafValues(string column, int places, int[]? definitions, int[]? repetitions, int ofItem, int ofValue) : ColumnValues
{
    private int _place;
    private int _value;

    /// <summary>Items of the next row's list, which are then to be taken one by one; null where there is no list.</summary>
    internal int? Items()
    {
        if (_place == places || repetitions![_place] > 0)
            throw Uneven();
        if (definitions![_place] < ofItem)
            return definitions[_place++] == ofItem - 1 ? 0 : null;
        var end = _place + 1;
        while (end < places && repetitions[end] > 0)
            end++;
        return end - _place;
    }

    internal override void Skip()
    {
        for (var left = repetitions is null ? 1 : Items() ?? 0; left > 0; left--)
            Take();
    }

    internal override void End()
    {
        if (_place < places)
            throw Uneven();
    }

    internal InvalidDataException Uneven() => new($"column {column}: found another number of values than the rows have");

    /// <summary>Goes on by one place.</summary>
    /// <returns>Which of the values is in it; null where none is.</returns>
    protected int? Take()
    {
        if (_place == places)
            throw Uneven();
        var isThere = definitions is null || definitions[_place] == ofValue;
        _place++;
        return isThere ? _value++ : null;
    }
}

/// <inheritdoc/>
internal sealed class LeafValues<T> : LeafValues where T : struct
{
    private readonly string _column;
    private readonly T[] _values;

    private LeafValues(string column, T[] values, int[]? definitions, int[]? repetitions, int ofItem, int ofValue)
        : base(column, values.Length, definitions, repetitions, ofItem, ofValue) => (_column, _values) = (column, values);

    internal static async Task<LeafValues<T>> Read(string column, ParquetRowGroupReader group, DataField field, int ofItem)
    {
        var places = group.GetMetadata(field)?.MetaData?.NumValues ?? throw new InvalidDataException($"column {column}: found no values of it");
        var values = new T[places];
        var definitions = field.MaxDefinitionLevel > 0 ? new int[places] : null;
        var repetitions = field.MaxRepetitionLevel > 0 ? new int[places] : null;
        await group.ReadRawAsync<T>(field, values, definitions?.AsMemory(), repetitions?.AsMemory()).ConfigureAwait(false);
        return new(column, values, definitions, repetitions, ofItem, field.MaxDefinitionLevel);
    }

    /// <summary>The next row's value, or the next item's.</summary>
    internal T? Next() => Take() is { } value ? _values[value] : null;

    /// <summary>The next row's list.</summary>
    internal T[]? NextList()
    {
        if (Items() is not { } count)
            return null;
        var items = new T[count];
        for (var i = 0; i < count; i++)
            items[i] = Next() ?? throw new InvalidDataException($"column {_column}: found null in a list, expected a value");
        return items;
    }
}
