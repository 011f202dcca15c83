using System.Globalization;
using System.Text.RegularExpressions;

namespace Panda.Stream.Config;

/// <summary>How keys say that something is computed on the CPU or on a CUDA card.</summary>
internal static partial class CardName
{
    public const string Cpu = "cpu";

    /// <summary>What such a key may say, in words.</summary>
    public const string Form = "cpu or cuda:N, the number of a card";

    public static bool IsName(string on) => on == Cpu || Card().IsMatch(on);

    /// <summary>The card's number; null for the CPU.</summary>
    public static int? NumberOf(string on) => Card().Match(on) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    public static string Of(int number) => $"cuda:{number}";

    [GeneratedRegex("^cuda:(0|[1-9][0-9]{0,2})$")]
    private static partial Regex Card();
}
