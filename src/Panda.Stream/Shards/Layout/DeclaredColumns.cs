namespace Panda.Stream.Shards.Layout;

/// <summary>Keeps the columns that it is told.</summary>
internal sealed class DeclaredColumns<TRow> : Columns<TRow>
{
    private readonly List<Column<TRow>> _all = [];

    /// <param name="row">What tells them; the row that it makes, of no values, is not looked at.</param>
    internal static IReadOnlyList<Column<TRow>> Of(Func<Columns<TRow>, TRow> row)
    {
        var columns = new DeclaredColumns<TRow>();
        row(columns);
        return columns._all;
    }

    internal override T? ValueOrNull<T>(string name, string unit, string meaning, Func<TRow, T?> get)
    {
        _all.Add(new FlatColumn<TRow, T>(name, unit, meaning, get));
        return null;
    }

    internal override string? TextOrNull(string name, string unit, string meaning, Func<TRow, string?> get)
    {
        _all.Add(new FlatColumn<TRow, ReadOnlyMemory<char>>(name, unit, meaning, row => get(row)?.AsMemory()));
        return null;
    }

    internal override T[]? ListOrNull<T>(string name, string unit, string meaning, Func<TRow, IReadOnlyList<T>?> get)
    {
        _all.Add(new ListColumn<TRow, T, T>(name, unit, meaning, get, item => item));
        return null;
    }

    internal override string[]? TextsOrNull(string name, string unit, string meaning, Func<TRow, IReadOnlyList<string>?> get)
    {
        _all.Add(new ListColumn<TRow, string, ReadOnlyMemory<char>>(name, unit, meaning, get, item => item.AsMemory()));
        return null;
    }

    internal override TItem[]? StructsOrNull<TItem>(
        string name, string unit, string meaning, Func<TRow, IReadOnlyList<TItem>?> get, Func<Columns<TItem>, TItem> item)
    {
        _all.Add(new StructListColumn<TRow, TItem>(name, unit, meaning, get, DeclaredColumns<TItem>.Of(item)));
        return null;
    }

    internal override T Missing<T>(string name) => default!;
}
