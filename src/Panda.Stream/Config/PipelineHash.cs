using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>
/// Names a configuration by what it does to the rows: the same for one pipeline however it is written, on whichever machine and
/// with however many threads; another as soon as a key that decides what rows say is another.
/// </summary>
public static class PipelineHash
{
    /// <summary>SHA-256 of <see cref="Canonical"/>, in hexadecimal.</summary>
    public static string Of(PipelineConfig config) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Canonical(config))));

    /// <summary>The same for splitting alone, whose rows captions and their choice cannot change.</summary>
    public static string OfSplitting(PipelineConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Of(config with { Captioning = CaptionSource.Teachers, Caption = new() { Teachers = [] }, Select = new() });
    }

    /// <summary>JSON without blanks, keys sorted, every number in one form; presets and overrides as the numbers they come to.</summary>
    public static string Canonical(PipelineConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        // 1. Keys that say where and how fast, but not what, are as if never written.
        var defaults = new PipelineConfig();
        var effective = config with
        {
            Input = defaults.Input,
            InputIdentity = defaults.InputIdentity,
            Output = defaults.Output,
            Models = defaults.Models,
            Decode = defaults.Decode,
            // Whoever captions counts, not by which key.
            Captioning = defaults.Captioning,
            Caption = new() { Teachers = config.Captioners },
            Coherence = config.Coherence with { Batch = new() },
            Shards = defaults.Shards,
            Resources = defaults.Resources,
            Deadlines = defaults.Deadlines,
        };
        var json = YamlBinder.ToJson(effective);
        // 2. A list counts by what is in it, wherever it lies.
        foreach (var (key, files) in new[] { ("harmful_words", config.Select.Filters.HarmfulWords), ("person_names", config.Select.Filters.PersonNames) })
            json["select"]!["filters"]![key] = new JsonArray([.. files.Select(file => JsonValue.Create(Contents(Path.GetFullPath(file, PandaHome.Folder))))]);
        json.Remove("captioning");
        foreach (var key in (string[])["student", "give_up_after"])
            json["caption"]!.AsObject().Remove(key);
        // 3. A preset's name and the keys over it give way to the numbers that splitting goes by.
        json["split"] = new JsonObject
        {
            ["settings"] = YamlBinder.ToJson(config.Split.ToSettings()),
            ["embedder"] = config.Split.Embedder,
            ["keep_per_second"] = config.Split.KeepPerSecond,
        };
        return Sorted(json)!.ToJsonString();
    }

    private static string Contents(string file) =>
        File.Exists(file) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))) : Path.GetFileName(file);

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Sorted(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
