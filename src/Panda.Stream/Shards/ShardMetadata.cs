using Parquet;

namespace Panda.Stream.Shards;

/// <summary>What every shard's file metadata says of the run that wrote it.</summary>
/// <param name="PipelineHash">Hash of the resolved configuration: the same rows come from the same hash and inputs.</param>
/// <param name="Version">Version of Panda.Stream.</param>
public sealed record ShardMetadata(string PipelineHash, string Version)
{
    /// <summary>Version of the library that writes shards.</summary>
    internal static string Engine => Globals.Version;

    internal IReadOnlyDictionary<string, string> KeyValues => new Dictionary<string, string>
    {
        ["pipeline_hash"] = PipelineHash, ["pipeline_version"] = Version, ["created_by"] = $"Panda.Stream {Version}, Parquet.Net {Engine}",
    };
}
