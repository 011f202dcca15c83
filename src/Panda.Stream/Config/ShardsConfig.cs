using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Config;

public sealed record ShardsConfig
{
    // What a kill or a full disk can cost is the shard that is being filled: an hour or so of captions, a few megabytes.
    [Description("Rows in a Parquet file; the last one holds what is left.")]
    [Range(1, 10_000_000)]
    public int Rows { get; init; } = 1000;
}
