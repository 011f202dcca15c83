using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Selection;

public enum ScoreExpression
{
    /// <summary>Softmax of the matching head, its second label: 0..1.</summary>
    ItmSoftmax,

    /// <summary>The matching head's second logit: any number.</summary>
    ItmLogit,

    /// <summary>Mean over frames of the cosine between video and text embeddings, -1..1; needs no fusion.</summary>
    Itc,

    /// <summary>A weighed sum of both, <see cref="MixCard"/>: from 0 to the sum of the weights, and among the candidates of one clip only.</summary>
    Mixed,
}

/// <summary>Unmasked Teacher's multiple choice: <c>itm * softmax(itm)[1] + itc * softmax over the candidates(cosine / temperature)</c>.</summary>
public sealed record MixCard
{
    [Range(0.0, 1.0)]
    public double Itm { get; init; } = 0.7;

    [Range(0.0, 1.0)]
    public double Itc { get; init; } = 0.3;

    /// <summary>What cosines are divided by: the one that the model learnt.</summary>
    [Range(0.0, 100.0, MinimumIsExclusive = true)]
    public required double Temperature { get; init; }
}

public sealed record ScoreCard
{
    public required ScoreExpression Expression { get; init; }

    /// <summary>mixed: how.</summary>
    public MixCard? Mix { get; init; }

    /// <summary>The score from which a caption counts as a match, calibrated on held-out data; null until that is done.</summary>
    public double? Threshold { get; init; }

    /// <summary>What scores there can be, in words, where a number is none of them; null where it is one.</summary>
    internal string? WhyNone(double score)
    {
        var (least, most) = Expression switch
        {
            ScoreExpression.ItmLogit => (double.NegativeInfinity, double.PositiveInfinity),
            ScoreExpression.Itc => (-1, 1),
            ScoreExpression.Mixed when Mix is { } mix => (0, mix.Itm + mix.Itc),
            _ => (0, 1),
        };
        return score >= least && score <= most ? null
            : string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}, since scores are {Names.Of(Expression.ToString())}");
    }
}
