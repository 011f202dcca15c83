using System.Globalization;
using System.Text.RegularExpressions;

namespace Panda.Stream.Config.Binding;

/// <summary>An amount of memory or disk, written with its unit: <c>512MiB</c>, <c>1.5 GB</c>.</summary>
public readonly partial record struct ByteCount(long Bytes)
{
    private static readonly string[] Binary = ["B", "KiB", "MiB", "GiB", "TiB"];
    private static readonly string[] Decimal = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>The amount that a text says; null when it says none.</summary>
    public static ByteCount? Parse(string text)
    {
        if (Form().Match(text) is not { Success: true } match)
            return null;
        var unit = match.Groups[2].Value;
        var power = Array.IndexOf(Binary, unit);
        var bytes = decimal.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            * (decimal)(power >= 0 ? Math.Pow(1024, power) : Math.Pow(1000, Array.IndexOf(Decimal, unit)));
        return bytes <= long.MaxValue ? new((long)bytes) : null;
    }

    /// <summary>To three digits or so, in the binary unit that suits: <c>1.5 GiB</c>.</summary>
    public override string ToString()
    {
        var power = 0;
        double value = Bytes;
        for (; value >= 1024 && power < Binary.Length - 1; power++)
            value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{(value < 10 ? Math.Round(value, 1) : Math.Round(value))} {Binary[power]}");
    }

    [GeneratedRegex(@"^([0-9]{1,15}(?:\.[0-9]{1,6})?) ?(B|[KMGT]i?B)$")]
    private static partial Regex Form();
}
