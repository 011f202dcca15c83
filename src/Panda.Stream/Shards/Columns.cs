using Panda.Stream.Shards.Layout;

namespace Panda.Stream.Shards;

/// <summary>
/// The columns of a table, told in order and once: name, unit, meaning, how to get the value from a row, and, by where the answer goes,
/// how a row is made of it. <see cref="DeclaredColumns{TRow}"/> keeps what it is told; <see cref="ReadColumns{TRow}"/> answers with a row's values from a file.
/// </summary>
internal abstract class Columns<TRow>
{
    internal abstract T? ValueOrNull<T>(string name, string unit, string meaning, Func<TRow, T?> get) where T : struct;

    internal abstract string? TextOrNull(string name, string unit, string meaning, Func<TRow, string?> get);

    internal abstract T[]? ListOrNull<T>(string name, string unit, string meaning, Func<TRow, IReadOnlyList<T>?> get) where T : struct;

    internal abstract string[]? TextsOrNull(string name, string unit, string meaning, Func<TRow, IReadOnlyList<string>?> get);

    /// <summary>A list of structs, whose fields <paramref name="item"/> tells.</summary>
    internal abstract TItem[]? StructsOrNull<TItem>(
        string name, string unit, string meaning, Func<TRow, IReadOnlyList<TItem>?> get, Func<Columns<TItem>, TItem> item);

    internal T Value<T>(string name, string unit, string meaning, Func<TRow, T?> get) where T : struct =>
        ValueOrNull(name, unit, meaning, get) ?? Missing<T>(name);

    internal string Text(string name, string unit, string meaning, Func<TRow, string> get) =>
        TextOrNull(name, unit, meaning, get) ?? Missing<string>(name);

    internal string[] Texts(string name, string unit, string meaning, Func<TRow, IReadOnlyList<string>> get) =>
        TextsOrNull(name, unit, meaning, get) ?? Missing<string[]>(name);

    /// <summary>A value that is kept as text.</summary>
    internal T Parsed<T>(string name, string unit, string meaning, Func<TRow, string> get, Func<string, T> parse) =>
        TextOrNull(name, unit, meaning, get) is { } text ? parse(text) : Missing<T>(name);

    /// <summary>A text that other columns imply: written for readers of the file, not needed to make a row.</summary>
    internal Columns<TRow> Derived(string name, string unit, string meaning, Func<TRow, string> get)
    {
        TextOrNull(name, unit, meaning, get);
        return this;
    }

    /// <summary>These columns, for a row that every row of the table holds.</summary>
    internal Columns<TInner> Of<TInner>(Func<TRow, TInner> inner) => new InnerColumns<TRow, TInner>(this, inner);

    /// <summary>Where a value must be and is not.</summary>
    internal abstract T Missing<T>(string name);
}

internal sealed class InnerColumns<TOuter, TInner>(Columns<TOuter> outer, Func<TOuter, TInner> inner) : Columns<TInner>
{
    internal override T? ValueOrNull<T>(string name, string unit, string meaning, Func<TInner, T?> get) =>
        outer.ValueOrNull(name, unit, meaning, row => get(inner(row)));

    internal override string? TextOrNull(string name, string unit, string meaning, Func<TInner, string?> get) =>
        outer.TextOrNull(name, unit, meaning, row => get(inner(row)));

    internal override T[]? ListOrNull<T>(string name, string unit, string meaning, Func<TInner, IReadOnlyList<T>?> get) =>
        outer.ListOrNull(name, unit, meaning, row => get(inner(row)));

    internal override string[]? TextsOrNull(string name, string unit, string meaning, Func<TInner, IReadOnlyList<string>?> get) =>
        outer.TextsOrNull(name, unit, meaning, row => get(inner(row)));

    internal override TItem[]? StructsOrNull<TItem>(
        string name, string unit, string meaning, Func<TInner, IReadOnlyList<TItem>?> get, Func<Columns<TItem>, TItem> item) =>
        outer.StructsOrNull(name, unit, meaning, row => get(inner(row)), item);

    internal override T Missing<T>(string name) => outer.Missing<T>(name);
}
