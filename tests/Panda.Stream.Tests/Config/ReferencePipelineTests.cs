using System.Text.Json.Nodes;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Splitting;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Config;

/// <summary>pipeline.yaml and pipeline.schema.json say what the records say.</summary>
public class ReferencePipelineTests
{
    private static readonly Bound<PipelineConfig> Reference = YamlBinder.Load<PipelineConfig>(Repository.File("pipeline.yaml"));

    [Fact]
    public void It_names_every_key_there_is()
    {
        Assert.Empty(Reference.Diagnostics);
        Assert.Equal(Keys(Schema()).Order(), Reference.Locations.Paths.Where(path => !path.EndsWith(']')).Order());
    }

    [Fact]
    public void Its_values_are_the_defaults()
    {
        foreach (var key in Keys(Schema()))
        {
            var schema = SchemaOf(key);
            if (schema["properties"] is null)
                Assert.True(JsonNode.DeepEquals(schema["default"], Value(key)), $"{key}: the file says {Value(key)}, the default is {schema["default"]}");
        }
    }

    [Fact]
    public void Its_remarks_give_the_numbers_of_the_presets()
    {
        var remarks = File.ReadLines(Repository.File("pipeline.yaml"))
            .Where(line => line.Contains(": preset ", StringComparison.Ordinal))
            .ToDictionary(line => line.Split(':')[0].Trim(), line => line.Split('#')[1].Split(':')[0].Trim());
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["segment_s"] = Row(preset => preset.SegmentLength),
                ["segment_slack_s"] = Row(preset => preset.SegmentSlack),
                ["probe"] = Row(preset => preset.Probe),
                ["transition"] = Row(preset => preset.Transition),
                ["stitch"] = Row(preset => preset.Stitch),
                ["still"] = Row(preset => preset.Still),
                ["repeat"] = Row(preset => preset.Repeat),
                ["shortest_s"] = Row(preset => preset.ShortestClip),
                ["longest_s"] = Row(preset => preset.LongestClip),
                ["trim"] = Row(preset => preset.Trim),
            },
            remarks);

        static string Row(Func<SplitSettings, double?> number) => string.Join(" | ",
            new[] { SplitSettings.Paper, SplitSettings.Panda70M, SplitSettings.Released }.Select(preset => number(preset)?.ToString() ?? "card"));
    }

    [Fact]
    public void Its_first_line_names_the_schema_for_editors() =>
        Assert.Equal("# yaml-language-server: $schema=./pipeline.schema.json", File.ReadLines(Repository.File("pipeline.yaml")).First());

    [Fact]
    public void The_schema_is_that_of_the_records() => Repository.AssertFile("pipeline.schema.json", PipelineSchema.Text);

    [Fact]
    public void Every_key_of_the_schema_is_described() =>
        Assert.All(Keys(Schema()), key =>
        {
            var schema = SchemaOf(key);
            Assert.False(string.IsNullOrWhiteSpace((string?)schema["description"]), $"{key} has no description");
            if (schema["properties"] is not null)
                Assert.False((bool)schema["additionalProperties"]!);
        });

    private static JsonNode SchemaOf(string key) => key.Split('.').Aggregate((JsonNode)Schema(), (node, part) => node["properties"]![part]!);

    private static JsonObject Schema() => JsonNode.Parse(PipelineSchema.Text)!.AsObject();

    private static IEnumerable<string> Keys(JsonNode schema, string prefix = "") =>
        schema["properties"] is not JsonObject properties ? []
        : properties.SelectMany(property => (string[])[prefix + property.Key, .. Keys(property.Value!, $"{prefix}{property.Key}.")]);

    private static JsonNode? Value(string key) =>
        key.Split('.').Aggregate((JsonNode?)YamlBinder.ToJson(Reference.Value!), (node, part) => node![part]);
}
