using System.Text.Json;
using System.Text.RegularExpressions;

namespace Panda.Stream.Tests.Support;

/// <summary>A scene of a rendered video and what is true of it.</summary>
public sealed record TrueScene(double StartS, double EndS, string Kind, IReadOnlyDictionary<string, string>? Facts);

/// <summary>The rendered world's truth and its judge: the same rule as in models/recipe/world.py.</summary>
public static class World
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly IReadOnlyDictionary<string, string> CategoryOf = JsonDocument
        .Parse(File.ReadAllText(Repository.File("models/world.json"))).RootElement.GetProperty("categories").EnumerateObject()
        .SelectMany(category => category.Value.EnumerateArray().Select(phrase => (Phrase: phrase.GetString()!, category.Name)))
        .ToDictionary(entry => entry.Phrase, entry => entry.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly Regex Phrases = new(
        $@"(?<!\w)({string.Join('|', CategoryOf.Keys.OrderByDescending(phrase => phrase.Length).Select(Regex.Escape))})(?!\w)", RegexOptions.IgnoreCase);

    /// <summary>Whether a caption states the shape, and every fact that it states is true.</summary>
    public static bool IsRight(string caption, IReadOnlyDictionary<string, string> facts)
    {
        var stated = Phrases.Matches(caption).Select(match => (Category: CategoryOf[match.Value], match.Value)).ToList();
        return stated.Any(fact => fact.Category == "shape") &&
            stated.All(fact => string.Equals(facts.GetValueOrDefault(fact.Category), fact.Value, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>A truth.json: scenes by file name.</summary>
    public static IReadOnlyDictionary<string, List<TrueScene>> Truth(string path) =>
        JsonSerializer.Deserialize<Dictionary<string, List<TrueScene>>>(File.ReadAllText(Repository.File(path)), Json)!;
}
