using System.Globalization;

namespace Panda.Stream;

/// <summary>Counts in words: one clip, two clips.</summary>
public static class Plural
{
    /// <param name="noun">What is counted, in the singular; its plural ends in s.</param>
    public static string Of(long count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");
}
