using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

public sealed record SelectConfig
{
    [Description("Model that scores how well each caption fits its clip: a folder below models whose card says kind: matcher.")]
    [Length(1, int.MaxValue)]
    public string Matcher { get; init; } = "mini-umt";

    // None: a row's score is in the shard, and whoever reads it can choose a bound without another run.
    [Description("Clips whose best score is lower are filtered, with that reason. none: no clip is. Which scores there are says score.expression of the matcher's card.")]
    [NullIs("none")]
    public double? MinScore { get; init; }

    [Description("What is done to captions once they are chosen.")]
    public FiltersConfig Filters { get; init; } = new();
}
