using System.Text;
using System.Text.Json;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>JSON files (sidecars, tokenizers) spoilt value by value.</summary>
internal static class Json
{
    internal static Mutation Mutate(byte[] file, Random random)
    {
        if (random.Next(4) == 0)
            return AnyBytes.Mutate(file, random);
        var values = Values(file);
        if (random.Next(3) == 0)
            return Slightly(file, values, random);
        var (start, end) = random.Pick(values);
        if (random.Next(6) == 0)
        {
            var (from, to) = random.Pick(values);
            return new($"the value at {start} is that of {from}", [.. file[..start], .. file[from..to], .. file[end..]]);
        }
        var (what, odd) = Odd(random);
        return new($"{what} at {start}", [.. file[..start], .. odd, .. file[end..]]);
    }

    // Another letter or digit: what is still well formed reaches further in.
    private static Mutation Slightly(byte[] file, List<(int Start, int End)> values, Random random)
    {
        var copy = file.ToArray();
        var (start, end) = random.Pick(values);
        var at = random.Next(start, end);
        for (; at < end && !char.IsAsciiLetterOrDigit((char)copy[at]); at++)
            continue;
        if (at < end)
            copy[at] = char.IsAsciiDigit((char)copy[at]) ? (byte)random.Next('0', '9' + 1) : (byte)random.Next('a', 'z' + 1);
        return new($"another letter at {at}", copy);
    }

    /// <summary>A sidecar that goes to a limit.</summary>
    internal static Mutation Extreme(Random random)
    {
        var line = "{\"start\":1,\"end\":1e9,\"text\":\"<i" + new string('a', 900) + "\"}";
        return random.Next(6) switch
        {
            0 => new("200,000 subtitles", Text($"{{\"subtitles\":[{string.Join(",\n", Enumerable.Repeat("{\"start\":1,\"end\":2,\"text\":\"a\"}", 200_000))}]}}")),
            1 => new("2,000 subtitles that last for ever", Text($"{{\"subtitles\":[{string.Join(',', Enumerable.Repeat(line, 2_000))}]}}")),
            2 => new("a title of 8 MB", Text($"{{\"title\":\"{new string('<', 8 << 20)}\"}}")),
            3 => new("nested 1,000,000 deep", Text($"{{\"title\":{new string('[', 1_000_000)}")),
            4 => new("100,000 wrong subtitles", Text($"{{\"subtitles\":[{string.Join(",\n", Enumerable.Repeat("{\"start\":[],\"end\":{},\"text\":7}", 100_000))}]}}")),
            _ => new("larger than allowed", [.. "{\"title\":\"a\"}"u8, .. Enumerable.Repeat((byte)' ', 33 << 20)]),
        };
    }

    /// <summary>Where each value begins and ends, those within others too.</summary>
    private static List<(int Start, int End)> Values(byte[] file)
    {
        var values = new List<(int, int)>();
        var open = new Stack<int>();
        var reader = new Utf8JsonReader(file);
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                open.Push(start);
            else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                values.Add((open.Pop(), (int)reader.BytesConsumed));
            else if (reader.TokenType != JsonTokenType.PropertyName)
                values.Add((start, (int)reader.BytesConsumed));
        }
        return values;
    }

    private static (string What, byte[] Bytes) Odd(Random random) => random.Next(20) switch
    {
        0 => ("1e999", Text("1e999")),
        1 => ("-1", Text("-1")),
        2 => ("a very long number", Text(new string('9', 400))),
        3 => ("half a surrogate pair", Text("\"\\ud800\"")),
        4 => ("escapes of a terminal", Text("\"\\u001b]0;mine\\u0007\\u001b[2J\\u202e\"")),
        5 => ("a NUL", Text("\"a\\u0000b\"")),
        6 => ("bytes that are not UTF-8", [(byte)'"', 0xFF, 0xC0, 0x80, (byte)'"']),
        7 => ("nested 100 deep", Text(new string('[', 100) + new string(']', 100))),
        8 => ("nested 100,000 deep", Text(new string('[', 100_000))),
        9 => ("a text of 1 MB", Text($"\"{new string('a', 1 << 20)}\"")),
        10 => ("markup that does not end", Text($"\"{string.Concat(Enumerable.Repeat("<a", 20_000))}\"")),
        11 => ("an expression that goes round", Text("\"(a+)+$\"")),
        12 => ("an expression that is none", Text("\"(?<a\"")),
        13 => ("base64 that is none", Text("\"AAAA====\"")),
        14 => ("{}", Text("{}")),
        15 => ("[]", Text("[]")),
        16 => ("null", Text("null")),
        17 => ("true", Text("true")),
        18 => ("a number beyond 32 bits", Text("4294967296")),
        _ => ("an empty text", Text("\"\"")),
    };

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
