using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Panda.Stream.Config;

namespace Panda.Stream.Perf.Zoo;

/// <summary>
/// The rendered world's truth and its judge, the same as in models/recipe/world.py. A caption's fact phrases are read from left to right, whole words, the
/// longest first, in any case. Colour, size and material belong to the next shape; name and motion to the last shape before them, or where there is
/// none to the next; setting and camera to the scene. A mention, a shape with what belongs to it, is right when all of it is true of one object.
/// </summary>
internal static class World
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly Dictionary<string, FactCategory> CategoryOf = JsonSerializer
        .Deserialize<WorldFile>(File.ReadAllText(Path.Combine(PandaHome.Folder, "models", "world.json")), Json)!.Categories
        .SelectMany(category => category.Value.Select(phrase => (Phrase: phrase, category.Key)))
        .ToDictionary(entry => entry.Phrase, entry => entry.Key, StringComparer.OrdinalIgnoreCase);

    private static readonly Regex Phrases = new(
        $@"(?<!\w)({string.Join('|', CategoryOf.Keys.OrderByDescending(phrase => phrase.Length).Select(Regex.Escape))})(?!\w)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private sealed record WorldFile(IReadOnlyDictionary<FactCategory, IReadOnlyList<string>> Categories);

    private readonly record struct Fact(FactCategory Category, string Phrase);

    /// <summary>Whether nothing in a caption is wrong and it tells enough: what the first object does, or every main object, each by a mention of its own.</summary>
    public static bool IsGood(string caption, SceneFacts facts)
    {
        var (mentions, scene, stray) = Read(caption);
        if (mentions.Count == 0 || stray.Count > 0
            || !scene.All(fact => IsSame(facts.Of(fact.Category), fact)) || !mentions.All(mention => facts.Objects.Any(one => Holds(mention, one))))
            return false;
        return mentions.Any(mention => mention.Exists(fact => fact.Category == FactCategory.Motion) && Holds(mention, facts.Objects[0]))
            || Covers(mentions, [.. facts.Objects.Where(one => one.Main)]);
    }

    /// <summary>A truth.json: scenes by file name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<TrueScene>> Truth(string path) => Load<Dictionary<string, IReadOnlyList<TrueScene>>>(path);

    /// <summary>What is true of the scene in which the middle of a clip lies; nothing where it lies in none.</summary>
    public static SceneFacts FactsIn(IReadOnlyList<TrueScene> scenes, double startS, double endS) =>
        scenes.FirstOrDefault(scene => scene.StartS <= (startS + endS) / 2 && (startS + endS) / 2 < scene.EndS)?.Facts ?? new();

    /// <summary>A JSON file with facts in it.</summary>
    public static T Load<T>(string path) => JsonSerializer.Deserialize<T>(File.ReadAllText(path), Json)!;

    private static (List<List<Fact>> Mentions, List<Fact> Scene, List<Fact> Stray) Read(string caption)
    {
        var mentions = new List<List<Fact>>();
        List<Fact> scene = [], waiting = [];
        foreach (var fact in Phrases.Matches(caption).Select(match => new Fact(CategoryOf[match.Value], match.Value)))
        {
            if (fact.Category == FactCategory.Shape)
            {
                mentions.Add([.. waiting, fact]);
                waiting.Clear();
            }
            else
            {
                (fact.Category switch
                {
                    FactCategory.Setting or FactCategory.Camera => scene,
                    FactCategory.Name or FactCategory.Motion when mentions.Count > 0 => mentions[^1],
                    _ => waiting,
                }).Add(fact);
            }
        }
        return (mentions, scene, waiting);
    }

    private static bool Holds(List<Fact> mention, ObjectFacts one) => mention.TrueForAll(fact => IsSame(one.Of(fact.Category), fact));

    private static bool IsSame(string truth, Fact fact) => truth.Equals(fact.Phrase, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether each object can be given a mention that holds of it and of no other's.</summary>
    private static bool Covers(IReadOnlyList<List<Fact>> mentions, ReadOnlySpan<ObjectFacts> objects)
    {
        if (objects.IsEmpty)
            return true;
        for (var i = 0; i < mentions.Count; i++)
            if (Holds(mentions[i], objects[0]) && Covers([.. mentions.Where((_, other) => other != i)], objects[1..]))
                return true;
        return false;
    }
}
