using System.Globalization;
using Panda.Stream.Models;

namespace Panda.Stream.Export;

/// <summary>
/// Parts of a dataset that share no video: each video falls into one by a hash of its id, the same in every export, however much
/// the result has grown since. Parts that come to less than 1 leave the rest of the videos out, which draws a sample of them.
/// </summary>
public sealed record VideoSplit(IReadOnlyList<(string Name, double Part)> Parts)
{
    /// <summary>All videos in one part.</summary>
    public static VideoSplit None { get; } = new([("clips", 1)]);

    /// <summary>Of the form <c>train=0.9,val=0.05,test=0.05</c>.</summary>
    /// <exception cref="FormatException">With what was found and what was expected.</exception>
    public static VideoSplit Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(',').Select(part => Part(part, text)).ToList();
        if (parts.GroupBy(part => part.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new FormatException($"--split: found the part '{twice.Key}' twice in '{text}', expected it once");
        var sum = parts.Sum(part => part.Part);
        return sum <= 1 + 1e-9 ? new(parts) : throw new FormatException($"--split: found parts of {sum} together in '{text}', expected 1 at most");
    }

    /// <summary>The part of a video; null when it is in none.</summary>
    public string? Of(string videoId)
    {
        var at = StableHash.Unit("split:" + videoId);
        foreach (var (name, part) in Parts)
        {
            if (at < part)
                return name;
            at -= part;
        }
        // What rounding leaves of a whole belongs to the last part.
        return Parts.Sum(part => part.Part) >= 1 - 1e-9 ? Parts[^1].Name : null;
    }

    private static (string Name, double Part) Part(string text, string all) =>
        text.Split('=') is [var name, var number] && name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part is > 0 and <= 1
            ? (name, part)
            : throw new FormatException($"--split: found '{text}' in '{all}', expected names with parts of 1, such as train=0.9,val=0.05,test=0.05");
}
