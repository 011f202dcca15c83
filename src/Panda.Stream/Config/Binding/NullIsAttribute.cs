namespace Panda.Stream.Config.Binding;

/// <summary>The word that a file writes for null, so that it says what then holds: <c>auto</c>, <c>preset</c>, <c>none</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NullIsAttribute(string word) : Attribute
{
    public string Word { get; } = word;
}
