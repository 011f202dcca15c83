using System.Text.Encodings.Web;
using System.Text.Json;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>The JSON Schema of pipeline.yaml, from the same records that bind it; editors complete and check by it.</summary>
public static class PipelineSchema
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of pipeline.schema.json, which lies beside pipeline.yaml because that file's first line names it by a relative path.</summary>
    public static string Text
    {
        get
        {
            var schema = Shape.OfRecord(typeof(PipelineConfig)).ToSchema();
            schema.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
            schema.Insert(1, "title", "Panda.Stream pipeline");
            return schema.ToJsonString(Readable) + "\n";
        }
    }
}
