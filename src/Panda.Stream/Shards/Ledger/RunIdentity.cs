using System.Globalization;
using System.Text.Json.Nodes;
using Panda.Stream.Config;

namespace Panda.Stream.Shards.Ledger;

/// <summary>
/// All that a run's rows depend on beside its videos, as keys and values: the numbers of the pipeline and the models as their
/// cards and files are. Two runs whose identities agree in some keys may share what depends on these alone.
/// </summary>
/// <param name="Values">Each key's value as JSON.</param>
public sealed record RunIdentity(SortedDictionary<string, string> Values)
{
    private const string Embedder = "models.embedder", Coherence = "models.coherence", Teachers = "models.teachers", Matcher = "models.matcher";

    // Names are taken out of candidates before they are kept.
    private const string PersonNames = "select.filters.person_names";

    // Stage 2 starts from recorded segments, so its numbers decide nothing about these.
    private static readonly HashSet<string> StageTwo =
    [
        .. new[] { "shortest_clip", "longest_clip", "trim", "drops_at_threshold", "transition", "stitch", "still", "repeat" }.Select(name => $"split.settings.{name}"),
    ];

    /// <param name="config">The configuration.</param>
    /// <param name="models">Its models.</param>
    /// <param name="coherence">The one that measures coherence; null: none does.</param>
    /// <param name="keptShortSide">Pixels of a kept frame's shorter side: every model sees what was scaled to it.</param>
    public static RunIdentity Of(PipelineConfig config, ModelIdentities models, string? coherence, int keptShortSide)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(models);
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten("", JsonNode.Parse(PipelineHash.Canonical(config)), values);
        // The models' identities say these, and more.
        foreach (var named in (string[])["split.embedder", "coherence.model", "caption.teachers", "select.matcher"])
            values.Remove(named);
        values["version"] = Text(EngineVersion.Text);
        values["kept_short_side"] = keptShortSide.ToString(CultureInfo.InvariantCulture);
        values["shards.rows"] = config.Shards.Rows.ToString(CultureInfo.InvariantCulture);
        values[Embedder] = Text(models.Embedder);
        values[Coherence] = Text(coherence ?? "none");
        values[Teachers] = new JsonArray([.. models.Teachers.Select(teacher => (JsonNode)teacher)]).ToJsonString();
        values[Matcher] = Text(models.Matcher);
        return new(values);
    }

    /// <summary>Whether videos are cut into the same segments, the same frames of them are kept, and captions are kept as they are: those of a span can be shared.</summary>
    public bool CaptionsAs(RunIdentity other) => Agrees(other, key => key == PersonNames || (!IsLater(key) && !IsMeasure(key)));

    /// <summary>Whether segments are measured alike, too: their rows can be shared.</summary>
    public bool MeasuresAs(RunIdentity other) => Agrees(other, key => !IsLater(key));

    /// <summary>Every key that differs, as <c>key: before -> now</c>.</summary>
    public IReadOnlyList<string> ChangesSince(RunIdentity earlier) =>
        [.. Keys(earlier).Where(key => Value(key) != earlier.Value(key)).Select(key => $"{key}: {earlier.Value(key)} -> {Value(key)}")];

    /// <summary>What must be computed again where another identity's results are at hand, in a few words; empty: only the rows' order and choice.</summary>
    public string WorkSince(RunIdentity earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (!CaptionsAs(earlier))
            return MeasuresAs(earlier) ? "every clip is captioned again" : "every video is decoded and captioned again";
        var work = new List<string>();
        if (!MeasuresAs(earlier))
            work.Add("every video is decoded and split again; captions of the same spans stay");
        else if (!Agrees(earlier, StageTwo.Contains))
            work.Add("clips are made again from the recorded segments; captions of the same spans stay");
        var before = List(earlier.Value(Teachers));
        if (List(Value(Teachers)).Except(before).ToList() is { Count: > 0 } fresh)
            work.Add($"{string.Join(", ", fresh)} captions every clip");
        if (Value(Teachers) != earlier.Value(Teachers) || Value(Matcher) != earlier.Value(Matcher))
            work.Add("every clip is scored again");
        return work.Count > 0 ? string.Join("; ", work) : "no video is decoded and no model runs for it";
    }

    private static bool IsMeasure(string key) =>
        key is Embedder or Coherence || key.StartsWith("coherence.", StringComparison.Ordinal);

    // What is not named here counts as deciding the cuts: a key that is new costs time at worst, never a wrong row.
    private static bool IsLater(string key) => key is Teachers or Matcher || StageTwo.Contains(key)
        || key.StartsWith("caption.", StringComparison.Ordinal) || key.StartsWith("select.", StringComparison.Ordinal) || key.StartsWith("shards.", StringComparison.Ordinal);

    private bool Agrees(RunIdentity other, Func<string, bool> counts) => Keys(other).Where(counts).All(key => Value(key) == other.Value(key));

    private IEnumerable<string> Keys(RunIdentity other) => Values.Keys.Union(other.Values.Keys).Order(StringComparer.Ordinal);

    private string Value(string key) => Values.GetValueOrDefault(key, "nothing");

    private static string Text(string value) => JsonValue.Create(value).ToJsonString();

    private static IEnumerable<string> List(string json) => json == "nothing" ? [] : JsonNode.Parse(json)!.AsArray().Select(item => item!.GetValue<string>());

    private static void Flatten(string path, JsonNode? node, SortedDictionary<string, string> values)
    {
        if (node is JsonObject map)
        {
            foreach (var (key, value) in map)
                Flatten(path.Length == 0 ? key : $"{path}.{key}", value, values);
        }
        else
        {
            values[path] = node?.ToJsonString() ?? "null";
        }
    }
}
