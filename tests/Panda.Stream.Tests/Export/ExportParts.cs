using Panda.Stream.Shards;
using Panda.Stream.Tests.Shards;

namespace Panda.Stream.Tests.Export;

/// <summary>Rows as runs make them, without the extremes of <see cref="SomeRows"/>.</summary>
internal static class ExportParts
{
    internal static ClipRow Clip(string video, int number, string caption = "a dog runs", float? score = 0.5f) => SomeRows.Clip(number, video) with
    {
        Source = $"/videos/{video}.mp4", Caption = caption, MatchingScore = score, StartSeconds = 10 * number, EndSeconds = 10 * number + 3.5,
        Timestamp = Panda.Stream.Splitting.TimeText.OfSpan(10 * number, 10 * number + 3.5),
    };
}
