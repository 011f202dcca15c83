namespace Panda.Stream.Selection;

/// <summary>What a score expression needs of a matcher's towers: tokens for the fusion first, the embedding for cosines last.</summary>
internal static class ScoreTensors
{
    internal static IEnumerable<string> Video(ScoreExpression expression) => Of(expression, "video");

    internal static IEnumerable<string> Text(ScoreExpression expression) => Of(expression, "text");

    private static IEnumerable<string> Of(ScoreExpression expression, string tower) =>
        [.. expression == ScoreExpression.Itc ? [] : new[] { $"{tower}_tokens" }, .. expression is ScoreExpression.Itc or ScoreExpression.Mixed ? [$"{tower}_embed"] : Array.Empty<string>()];
}
