using System.Text;

namespace Panda.Stream.Models.Tokenizers;

/// <summary>Changes text before it is cut.</summary>
internal delegate string Normaliser(string text);

/// <summary>The normalizers of tokenizer.json.</summary>
internal static class Normalisers
{
    internal static Normaliser Read(JsonPart part) => part.Type switch
    {
        "Sequence" => Sequence([.. part["normalizers"].Items().Select(Read)]),
        "NFC" => text => UnicodeForms.Normalise(text, NormalizationForm.FormC),
        "NFD" => text => UnicodeForms.Normalise(text, NormalizationForm.FormD),
        "NFKC" => text => UnicodeForms.Normalise(text, NormalizationForm.FormKC),
        "NFKD" => text => UnicodeForms.Normalise(text, NormalizationForm.FormKD),
        "Lowercase" => Lowercase,
        "StripAccents" => text => UnicodeForms.WithoutRunes(text, RuneKinds.IsMark),
        "Strip" => Strip(part.Flag("strip_left", true), part.Flag("strip_right", true)),
        "Replace" => Replace(TextPatterns.Read(part["pattern"]), part.Text("content")),
        "Prepend" => Prepend(part.Text("prepend")),
        "Nmt" => Nmt,
        "Precompiled" => Precompiled(part["precompiled_charsmap"]),
        "BertNormalizer" => Bert(part),
        _ => throw part["type"].Wrong("Sequence, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Replace, Prepend, Nmt, Precompiled or BertNormalizer"),
    };

    private static Normaliser Sequence(Normaliser[] steps) => text => steps.Aggregate(text, (current, step) => step(current));

    /// <summary>Character by character, so that a sigma at a word's end is like any other; the one letter that becomes two is not in .NET's table.</summary>
    private static string Lowercase(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    private static Normaliser Strip(bool left, bool right) => text =>
    {
        text = left ? text.TrimStart() : text;
        return right ? text.TrimEnd() : text;
    };

    private static Normaliser Replace(TextPattern pattern, string content) => text => TextPatterns.Replace(text, pattern, content);

    private static Normaliser Prepend(string before) => text => text.Length > 0 ? before + text : text;

    /// <summary>SentencePiece's cleaning for translation: control characters go, blanks of all kinds become the common one.</summary>
    private static string Nmt(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is (>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F')
                continue;
            var blank = c is '\t' or '\n' or '\f' or '\r' or '\u1680' or (>= '\u200B' and <= '\u200F') or '\u2028' or '\u2029' or '\u2581' or '\uFEFF' or '\uFFFD';
            result.Append(blank ? ' ' : c);
        }
        return result.ToString();
    }

    private static Normaliser Precompiled(JsonPart part)
    {
        try
        {
            return new CharsMap(Convert.FromBase64String(part.Text())).Normalise;
        }
        catch (FormatException error)
        {
            throw part.Wrong($"a table of SentencePiece in base 64 ({error.Message})");
        }
    }

    private static Normaliser Bert(JsonPart part)
    {
        var (clean, ideographs, lowercase) = (part.Flag("clean_text", true), part.Flag("handle_chinese_chars", true), part.Flag("lowercase", true));
        var strip = part.Flag("strip_accents", lowercase); // null means: when lower-casing, as BERT does
        return text =>
        {
            var result = new StringBuilder(text.Length);
            foreach (var rune in text.EnumerateRunes())
            {
                if (clean && (rune.Value is 0 or 0xFFFD || RuneKinds.IsControl(rune)))
                    continue;
                if (clean && Rune.IsWhiteSpace(rune))
                    result.Append(' ');
                else if (ideographs && RuneKinds.IsIdeograph(rune))
                    result.Append(' ').Append(rune).Append(' ');
                else
                    result.Append(rune);
            }
            var normal = result.ToString();
            if (strip)
                normal = UnicodeForms.WithoutAccents(normal);
            return lowercase ? Lowercase(normal) : normal;
        };
    }
}
