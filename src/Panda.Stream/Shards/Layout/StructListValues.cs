namespace Panda.Stream.Shards.Layout;

/// <summary>A list of structs in each row, one column of Parquet's for each field.</summary>
internal sealed class StructListValues<TItem>(IReadOnlyList<LeafValues> fields) : ColumnValues
{
    private readonly ReadColumns<TItem> _items = new(fields);

    /// <summary>The next row's list.</summary>
    /// <param name="item">Makes an item of its fields.</param>
    internal TItem[]? Next(Func<Columns<TItem>, TItem> item)
    {
        var count = fields[0].Items();
        foreach (var field in fields.Skip(1))
            if (field.Items() != count)
                throw field.Uneven();
        if (count is null)
            return null;
        var items = new TItem[count.Value];
        for (var i = 0; i < items.Length; i++)
            items[i] = _items.Row(item);
        return items;
    }

    internal override void Skip() => _items.Skip();

    internal override void End() => _items.End();
}
