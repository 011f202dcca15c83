namespace Panda.Stream.Config.Binding;

/// <summary>The key of a record that a file may write alone, without the mapping around it: <c>strip</c> for <c>{op: strip}</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShorthandAttribute : Attribute;
