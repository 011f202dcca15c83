using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Panda.Stream.Tests.Models;

/// <summary>The strings that tokenizers are compared on: the same sequence as Data/tokenizers/texts.mjs makes.</summary>
internal static class TokenizerTexts
{
    internal static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "tokenizers");

    internal static List<string> Make(int count)
    {
        var spec = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "texts.json"))).RootElement;
        string[] Strings(string name) => [.. spec.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];
        var (words, separators) = (Strings("words"), Strings("separators"));
        var ranges = spec.GetProperty("ranges").EnumerateArray().Select(range => range.EnumerateArray().Select(code => int.Parse(code.GetString()!, NumberStyles.HexNumber)).ToArray()).ToArray();

        uint state = 70;
        int Next(int bound)
        {
            state = unchecked(state * 1664525 + 1013904223);
            return (int)((state >> 8) % (uint)bound);
        }
        string From(int[] range) => char.ConvertFromUtf32(range[0] + Next(range[1] - range[0] + 1));
        string Character() => From(ranges[Next(ranges.Length)]);
        string Word() => words[Next(words.Length)];

        var texts = new List<string> { "" };
        while (texts.Count < count)
        {
            var kind = Next(40);
            var text = new StringBuilder();
            if (kind == 0)
            {
                var unit = Next(2) == 0 ? Character() : Word();
                text.Insert(0, unit, 50 + Next(150));
            }
            else
            {
                for (var parts = 1 + Next(kind < 30 ? 12 : 40); parts > 0; parts--)
                {
                    text.Append(separators[Next(separators.Length)]);
                    if (kind < 20)
                    {
                        text.Append(Word());
                        continue;
                    }
                    var range = ranges[Next(ranges.Length)];
                    for (var more = 1 + Next(6); more > 0; more--)
                        text.Append(kind < 30 ? From(range) : Character());
                }
            }
            texts.Add(text.ToString());
        }
        return texts;
    }
}
