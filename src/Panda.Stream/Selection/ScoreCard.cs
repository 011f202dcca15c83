namespace Panda.Stream.Selection;

public enum ScoreExpression
{
    /// <summary>Softmax of the matching head, its second label: 0..1.</summary>
    ItmSoftmax,

    /// <summary>The matching head's second logit.</summary>
    ItmLogit,

    /// <summary>Mean over frames of the cosine between video and text embeddings; needs no fusion.</summary>
    Itc,
}

public sealed record ScoreCard
{
    public required ScoreExpression Expression { get; init; }

    /// <summary>The score from which a caption counts as a match, calibrated on held-out data.</summary>
    public required double Threshold { get; init; }
}
