using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>Files of lines (subtitles, YAML) spoilt line by line.</summary>
internal static partial class Lines
{
    private static readonly string[] OddValues =
    [
        "-1", "0", "1e308", ".inf", ".nan", "99999999999999999999", "~", "[]", "{}", "''", "true", "[1, 2, 3]", "{a: b}", "../../../../etc/passwd", "/dev/zero",
        "/etc/passwd", "\"\\e[2J\\e]0;mine\\a\"", "\"a\\0b\"", "!!python/object/apply:os.system ['id']", "&a [*a, *a]", "*nothing", "\"$(id)\"", "'; DROP TABLE shard; --", "2147483648", "4096", "1000",
    ];

    internal static Mutation Yaml(byte[] file, Random random)
    {
        if (random.Next(5) == 0)
            return AnyBytes.Mutate(file, random);
        if (random.Next(12) == 0)
            return Bomb(random);
        var lines = Encoding.UTF8.GetString(file).Split('\n').ToList();
        if (random.Next(3) > 0)
        {
            var values = Enumerable.Range(0, lines.Count).Where(line => Value.IsMatch(lines[line])).ToList();
            var (at, odd) = (random.Pick(values), random.Pick(OddValues));
            lines[at] = Value.Replace(lines[at], match => match.Groups[1].Value + odd, 1);
            return new($"line {at + 1} with {odd}", Joined(lines));
        }
        return Moved(lines, random);
    }

    internal static Mutation Subtitles(byte[] file, Random random)
    {
        var kind = random.Next(14);
        if (kind == 0)
            return AnyBytes.Mutate(file, random);
        var lines = Encoding.UTF8.GetString(file).Split('\n').ToList();
        if (kind < 6)
            return Moved(lines, random);
        const string Cue = "00:00:01.000 --> 00:00:02.000\n";
        return kind switch
        {
            6 => new("100,000 cues", Text("WEBVTT\n\n" + string.Concat(Enumerable.Repeat(Cue + "a\n\n", 100_000)))),
            7 => new("100,000 cues that last for ever", Text("WEBVTT\n\n" + string.Concat(Enumerable.Repeat("00:00:00.000 --> 9999:00:00.000\nwords and words\n\n", 100_000)))),
            8 => new("a cue of 100,000 lines, twice", Text("WEBVTT\n\n" + string.Concat(Enumerable.Repeat(Cue + string.Concat(Enumerable.Repeat("same\n", 100_000)) + "\n", 2)))),
            9 => new("markup that does not end", Text("WEBVTT\n\n" + Cue + string.Concat(Enumerable.Repeat("<a", 500_000)))),
            10 => new("styles that do not end", Text("1\n00:00:01,000 --> 00:00:02,000\n" + string.Concat(Enumerable.Repeat("{\\an", 300_000)))),
            11 => new("Latin-1, NULs and escapes", [.. Text("1\n00:00:01,000 --> 00:00:02,000\n"), 0xE9, 0, 0x1B, (byte)'[', (byte)'2', (byte)'J', 0x9B, (byte)'\n']),
            12 => new("UTF-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(file))]),
            _ => new("arrows only", Text(string.Concat(Enumerable.Repeat("-->\n\n", 50_000)))),
        };
    }

    private static Mutation Moved(List<string> lines, Random random)
    {
        var (a, b) = (random.Next(lines.Count), random.Next(lines.Count));
        switch (random.Next(5))
        {
            case 0:
                lines.RemoveAt(a);
                return new($"line {a + 1} taken out", Joined(lines));
            case 1:
                (lines[a], lines[b]) = (lines[b], lines[a]);
                return new($"lines {a + 1} and {b + 1} swapped", Joined(lines));
            case 2:
                lines.Insert(b, lines[a]);
                return new($"line {a + 1} a second time", Joined(lines));
            case 3:
                lines[a] = new string(' ', random.Next(12)) + lines[a].TrimStart();
                return new($"line {a + 1} moved sideways", Joined(lines));
            default:
                lines[a] = string.Concat(Enumerable.Repeat(lines[a] + " ", 20_000));
                return new($"line {a + 1} made very long", Joined(lines));
        }
    }

    private static Mutation Bomb(Random random) => random.Next(6) switch
    {
        0 => new("nested 500,000 deep", Text(new string('[', 500_000))),
        1 => new("mappings nested 100,000 deep", Text(string.Concat(Enumerable.Repeat("{a: ", 100_000)))),
        2 => new("a billion of aliases", Text("a: &a [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range('b', 20).Select(name => $"{(char)name}: &{(char)name} [{string.Join(", ", Enumerable.Repeat($"*{(char)(name - 1)}", 9))}]\n")))),
        3 => new("questions without end", Text(string.Concat(Enumerable.Repeat("? ", 100_000)))),
        4 => new("lists in lists on one line", Text(string.Concat(Enumerable.Repeat("- ", 100_000)))),
        _ => new("100,000 keys", Text(string.Concat(Enumerable.Range(0, 80_000).Select(number => $"k{number}: v\n")))),
    };

    private static byte[] Joined(List<string> lines) => Text(string.Join('\n', lines));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    [GeneratedRegex(@"^([^#]*?:\s+)[^\s#{][^#,}]*")]
    private static partial Regex Value { get; }
}
