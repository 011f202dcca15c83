using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>A list of values of one shape.</summary>
internal sealed class ListShape(Type itemType, Shape item, LengthAttribute? length) : Shape
{
    public override string Expected => length switch
    {
        null => "a list",
        { MaximumLength: int.MaxValue } => $"a list of {length.MinimumLength} or more",
        _ when length.MinimumLength == length.MaximumLength => $"a list of {length.MinimumLength}",
        _ => $"a list of {length.MinimumLength} to {length.MaximumLength}",
    };

    public override bool TryBind(ConfigNode node, string path, Binding binding, out object? value)
    {
        value = null;
        if (node is not ListNode list)
            return binding.WrongType(node, path, this);
        if (length is not null && (list.Items.Count < length.MinimumLength || list.Items.Count > length.MaximumLength))
            return binding.OutOfRange(node, path, $"a list of {list.Items.Count}", this);

        var items = Array.CreateInstance(itemType, list.Items.Count);
        var sound = true;
        for (var i = 0; i < items.Length; i++)
        {
            var itemPath = $"{path}[{i}]";
            binding.Locations.Add(itemPath, list.Items[i].At);
            if (item.TryBind(list.Items[i], itemPath, binding, out var bound))
                items.SetValue(bound, i);
            else
                sound = false;
        }
        value = sound ? items : null;
        return sound;
    }

    public override JsonObject ToSchema()
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = item.ToSchema() };
        if (length is { MinimumLength: > 0 })
            schema["minItems"] = length.MinimumLength;
        if (length is { MaximumLength: < int.MaxValue })
            schema["maxItems"] = length.MaximumLength;
        return schema;
    }

    public override JsonNode? ToJson(object? value) =>
        new JsonArray([.. ((IEnumerable)value!).Cast<object>().Select(item.ToJson)]);
}
