using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Panda.Stream.Config.Binding;

/// <summary>
/// What a value of one type may look like in YAML, read once from the type and its attributes. Binding, the JSON Schema and the
/// canonical form all come from it, so they cannot disagree.
/// </summary>
internal abstract class Shape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> Records = new();

    /// <summary>What to write, in the words of a message: "a number from 0 to 2".</summary>
    public abstract string Expected { get; }

    /// <summary>The value of a node; false when errors were reported, and the value is then null or, of a record, what of it was sound.</summary>
    public abstract bool TryBind(ConfigNode node, string path, Binding binding, out object? value);

    /// <summary>JSON Schema of the value.</summary>
    public abstract JsonObject ToSchema();

    /// <summary>A bound value as it would be written.</summary>
    public abstract JsonNode? ToJson(object? value);

    public static RecordShape OfRecord(Type type) => Records.GetOrAdd(type, static type => new RecordShape(type));

    /// <summary>The shape of a property, its attributes and nullability included.</summary>
    public static Shape Of(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var nullable = type != property.PropertyType
            || (!type.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable);
        var shape = Of(type, property);
        return nullable ? new OptionalShape(shape, property.GetCustomAttribute<NullIsAttribute>()?.Word) : shape;
    }

    // A range or length on a list is about the list's length, or else about each of its numbers.
    private static Shape Of(Type type, PropertyInfo property)
    {
        var length = property.GetCustomAttribute<LengthAttribute>();
        if (type == typeof(string))
            return new TextShape(length);
        if (type == typeof(ByteCount))
            return new ByteCountShape();
        if (type == typeof(bool))
            return new TruthShape();
        if (type.IsEnum)
            return new ChoiceShape(type);
        if (type == typeof(int) || type == typeof(long) || type == typeof(float) || type == typeof(double))
            return new NumberShape(type, property.GetCustomAttribute<RangeAttribute>());
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return new ListShape(type.GenericTypeArguments[0], OfItem(type.GenericTypeArguments[0], property), length);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) && type.GenericTypeArguments[0] == typeof(string))
            return new MapShape(type.GenericTypeArguments[1], OfItem(type.GenericTypeArguments[1], property));
        if (type.IsClass && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true)
            return OfRecord(type);
        throw new NotSupportedException(
            $"{property.DeclaringType?.Name}.{property.Name} is a {type}; expected string, bool, a number, an enum, a record, IReadOnlyList<T> or IReadOnlyDictionary<string, T>");
    }

    private static Shape OfItem(Type type, PropertyInfo property) =>
        type == typeof(string) ? new TextShape(length: null) : Of(type, property);
}
