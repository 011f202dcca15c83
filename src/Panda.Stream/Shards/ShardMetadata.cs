using Panda.Stream.Native.DuckDb;

namespace Panda.Stream.Shards;

/// <summary>What every shard's file metadata says of the run that wrote it.</summary>
/// <param name="PipelineHash">Hash of the resolved configuration: the same rows come from the same hash and inputs.</param>
/// <param name="Version">Version of Panda.Stream.</param>
public sealed record ShardMetadata(string PipelineHash, string Version)
{
    internal string ToSql() =>
        $"{{pipeline_hash: {SqlText.Literal(PipelineHash)}, pipeline_version: {SqlText.Literal(Version)}, " +
        $"created_by: {SqlText.Literal($"Panda.Stream {Version}, DuckDB {DuckDbLibrary.Version}")}}}";
}
