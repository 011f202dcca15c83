namespace Panda.Stream.Shards.Layout;

/// <summary>Answers with the values of one row after the other.</summary>
/// <param name="columns">In the order in which they are told.</param>
internal sealed class ReadColumns<TRow>(IReadOnlyList<ColumnValues> columns) : Columns<TRow>
{
    private int _next;

    internal TRow Row(Func<Columns<TRow>, TRow> row)
    {
        _next = 0;
        return row(this);
    }

    internal void Skip()
    {
        foreach (var column in columns)
            column.Skip();
    }

    /// <exception cref="InvalidDataException">A column goes on after the last row.</exception>
    internal void End()
    {
        foreach (var column in columns)
            column.End();
    }

    internal override T? ValueOrNull<T>(string name, string unit, string meaning, Func<TRow, T?> get) =>
        Next<LeafValues<T>>().Next() is { } value ? Finite(name, value) : null;

    internal override string? TextOrNull(string name, string unit, string meaning, Func<TRow, string?> get) =>
        Next<LeafValues<ReadOnlyMemory<char>>>().Next()?.ToString();

    internal override T[]? ListOrNull<T>(string name, string unit, string meaning, Func<TRow, IReadOnlyList<T>?> get)
    {
        var list = Next<LeafValues<T>>().NextList();
        foreach (var value in list ?? [])
            Finite(name, value);
        return list;
    }

    internal override string[]? TextsOrNull(string name, string unit, string meaning, Func<TRow, IReadOnlyList<string>?> get) =>
        Next<LeafValues<ReadOnlyMemory<char>>>().NextList() is { } texts ? Array.ConvertAll(texts, text => text.ToString()) : null;

    internal override TItem[]? StructsOrNull<TItem>(
        string name, string unit, string meaning, Func<TRow, IReadOnlyList<TItem>?> get, Func<Columns<TItem>, TItem> item) =>
        Next<StructListValues<TItem>>().Next(item);

    internal override T Missing<T>(string name) => throw new InvalidDataException($"column {name}: found null, expected a value");

    private static T Finite<T>(string name, T value) => value switch
    {
        double number when !double.IsFinite(number) => throw Unfit.Column(name, number, $"a finite number"),
        float number when !float.IsFinite(number) => throw Unfit.Column(name, number, $"a finite number"),
        _ => value,
    };

    private TValues Next<TValues>() where TValues : ColumnValues => (TValues)columns[_next++];
}
