using System.Globalization;
using Panda.Stream.Captioning.Stages;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Captioning;

/// <summary>What the fields of a card's texts stand for in a clip.</summary>
internal sealed class PromptFields(PromptCard card, Tokenizer tokenizer)
{
    /// <summary>Fields that every clip has; texts of stages come beside them.</summary>
    internal static IReadOnlyList<string> Known { get; } = ["title", "description", "subtitles", "instruction", "frames", "times"];

    /// <summary>Puts the fields in, in one pass: what a title says in braces is text.</summary>
    internal string Fill(string text, ClipWork clip) => PromptCard.Fields().Replace(text, match => Value(match.Groups[1].Value, clip));

    internal string Value(string field, ClipWork clip) => Cut(field, field switch
    {
        "title" => clip.Request.Title,
        "description" => clip.Request.Description,
        "subtitles" => clip.Request.Subtitles,
        "frames" => $"{clip.Frames.Count}",
        "times" => string.Join(card.Times.Join, clip.Seconds().Select(Time)),
        "instruction" => Instruction.Of(clip.Frames.Count != 1,
            card.Metadata ? Value("title", clip) : "", card.Metadata ? Value("description", clip) : "", card.Subtitles ? Value("subtitles", clip) : ""),
        _ => clip.Texts.GetValueOrDefault(field, ""),
    });

    // A formatter rounds what it has rounded to 15 digits before; 27 decimals tell a tie from what only looks like one.
    private string Time(double seconds) =>
        Math.Round(decimal.Parse(seconds.ToString("F27", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), card.Times.Decimals, MidpointRounding.ToEven)
            .ToString($"F{card.Times.Decimals}", CultureInfo.InvariantCulture);

    /// <summary>The longest part of the text that has no more tokens than its limit.</summary>
    private string Cut(string field, string text)
    {
        if (!card.Limits.TryGetValue(field, out var limit) || Count(text) <= limit.MaxTokens)
            return text;
        int fits = 0, tooLong = text.Length;
        while (tooLong - fits > 1)
        {
            var middle = (fits + tooLong) / 2;
            if (Count(Part(middle)) <= limit.MaxTokens)
                fits = middle;
            else
                tooLong = middle;
        }
        return Part(fits);

        // Never half a surrogate pair.
        string Part(int length) => limit.Cut == TextSide.Left
            ? text[(text.Length - length + (length > 0 && char.IsLowSurrogate(text[^length]) ? 1 : 0))..]
            : text[..(length - (length > 0 && char.IsHighSurrogate(text[length - 1]) ? 1 : 0))];

        int Count(string part) => tokenizer.Encode(part, specials: false).Count;
    }
}
