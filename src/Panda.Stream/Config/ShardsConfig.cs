using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Config;

public sealed record ShardsConfig
{
    // Some megabytes of text a file: few files for a large run, and little to write again when one fails.
    [Description("Rows in a Parquet file; the last one holds what is left.")]
    [Range(1, 10_000_000)]
    public int Rows { get; init; } = 10_000;
}
