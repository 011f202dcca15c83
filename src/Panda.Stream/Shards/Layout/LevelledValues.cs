using Parquet;
using Parquet.Schema;

namespace Panda.Stream.Shards.Layout;

/// <summary>A column's values as Parquet writes them: those that are there, and for every place how much of it is there (definition) and whether it goes on a list (repetition).</summary>
internal sealed class LevelledValues<T>(DataField field) where T : struct
{
    private readonly List<T> _values = [];
    private readonly List<int> _definitions = [];
    private readonly List<int> _repetitions = [];

    /// <summary>A value, or null in its place.</summary>
    internal void Add(T? value) => Add(value, repetition: 0);

    /// <summary>One value of each item of a list, which may be null.</summary>
    internal void AddItems<TItem>(IReadOnlyList<TItem>? items, Func<TItem, T?> value)
    {
        if (items is not { Count: > 0 })
        {
            _definitions.Add(items is null ? 0 : 1);
            _repetitions.Add(0);
            return;
        }
        for (var i = 0; i < items.Count; i++)
            Add(value(items[i]), repetition: i == 0 ? 0 : 1);
    }

    internal Task Write(ParquetRowGroupWriter group) => group.WriteAllPartsAsync<T>(
        field, _values.ToArray(), _definitions.ToArray(), field.MaxRepetitionLevel > 0 ? _repetitions.ToArray() : default(ReadOnlyMemory<int>?), default);

    private void Add(T? value, int repetition)
    {
        if (value is { } known)
            _values.Add(known);
        _definitions.Add(value is null ? field.MaxDefinitionLevel - 1 : field.MaxDefinitionLevel);
        _repetitions.Add(repetition);
    }
}
