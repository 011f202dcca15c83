namespace Panda.Stream.Perf.Zoo;

/// <summary>What is true of a rendered scene; nothing is of what fades from one to the next.</summary>
internal sealed record SceneFacts
{
    /// <summary>One to three; the first acts.</summary>
    public IReadOnlyList<ObjectFacts> Objects { get; init; } = [];

    public string Setting { get; init; } = "";

    /// <summary>Empty when it stands still.</summary>
    public string Camera { get; init; } = "";

    /// <summary>The scene's own fact of a category.</summary>
    public string Of(FactCategory category) => category == FactCategory.Setting ? Setting : Camera;
}

/// <summary>What is true of one object.</summary>
/// <param name="Name">Empty unless words beside the video give it.</param>
/// <param name="Main">Whether a caption that tells no action must mention it.</param>
internal sealed record ObjectFacts(string Shape, string Colour, string Size, string Material, string Name, string Motion, bool Main)
{
    public string Of(FactCategory category) => category switch
    {
        FactCategory.Shape => Shape,
        FactCategory.Colour => Colour,
        FactCategory.Size => Size,
        FactCategory.Material => Material,
        FactCategory.Name => Name,
        _ => Motion,
    };
}

/// <summary>What a phrase of a caption is about.</summary>
internal enum FactCategory { Colour, Shape, Size, Material, Motion, Setting, Camera, Name }

/// <summary>A scene of a rendered video.</summary>
/// <param name="Kind"><c>scene</c> for those that should become clips.</param>
/// <param name="References">Captions that say all that is true of it.</param>
internal sealed record TrueScene(double StartS, double EndS, string Kind, SceneFacts Facts, IReadOnlyList<string>? References = null);
