using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Tests.Models;

/// <summary>
/// Ids and decoded texts against @huggingface/tokenizers, on 20,000 strings per tokenizer less those that Data/tokenizers/make_expectations.mjs leaves out by its rules.
/// The expectations are hashes of a hundred strings each; where the library itself is installed a live comparison names the string.
/// </summary>
public class TokenizerParityTests
{
    public static TheoryData<string> Names => ["byte_level", "byte_level_split", "llama", "llama_metaspace", "t5", "albert", "bert", "word_piece"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Ids_and_texts_equal_those_of_the_Hugging_Face_library(string name)
    {
        var expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(TokenizerTexts.Folder, "expectations.json"))).RootElement.GetProperty(name);
        string[] Words(string property) => expected.GetProperty(property).GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var texts = TokenizerTexts.Make(expected.GetProperty("strings").GetInt32());
        var bitmap = expected.GetProperty("leftOut").GetString()!;
        bool[] leftOut = [.. texts.Select((_, i) => (Convert.ToInt32(bitmap[i / 4].ToString(), 16) & 8 >> i % 4) != 0)];
        Assert.True(leftOut.Count(left => !left) >= 10_000);

        var tokenizer = Tokenizer.Load(Path.Combine(TokenizerTexts.Folder, $"{name}.json"));
        List<string> ids = [], decoded = [];
        foreach (var hundred in texts.Select((text, i) => (Text: text, LeftOut: leftOut[i])).Chunk(100))
        {
            var (idHash, textHash) = (2166136261u, 2166136261u);
            foreach (var (text, _) in hundred.Where(row => !row.LeftOut))
            {
                var encoded = tokenizer.Encode(text);
                idHash = Hash(encoded.Aggregate(idHash, Hash), -1);
                textHash = Hash(tokenizer.Decode(encoded).Aggregate(textHash, (hash, unit) => Hash(hash, unit)), -1);
            }
            ids.Add(idHash.ToString("x8"));
            decoded.Add(textHash.ToString("x8"));
        }
        Assert.Equal(Words("ids"), ids);
        Assert.Equal(Words("decoded"), decoded);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Live_ids_and_texts_equal_those_of_the_Hugging_Face_library(string name)
    {
        var tests = TestsFolder();
        Assert.SkipUnless(Directory.Exists(Path.Combine(tests, "node_modules", "@huggingface", "tokenizers")), "@huggingface/tokenizers is not installed");
        using var node = Process.Start(new ProcessStartInfo("node", ["make_expectations.mjs", name]) { WorkingDirectory = Path.Combine(tests, "Data", "tokenizers"), RedirectStandardOutput = true })!;
        var tokenizer = Tokenizer.Load(Path.Combine(TokenizerTexts.Folder, $"{name}.json"));
        foreach (var text in TokenizerTexts.Make(20_000))
        {
            var row = JsonDocument.Parse(node.StandardOutput.ReadLine()!).RootElement;
            if (row.ValueKind == JsonValueKind.Null)
                continue;
            var ids = row[0].EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var encoded = tokenizer.Encode(text);
            Assert.True(ids.SequenceEqual(encoded), $"{JsonSerializer.Serialize(text)}\nfound {string.Join(' ', encoded)}\nexpected {string.Join(' ', ids)}");
            Assert.Equal(row[1].GetString(), tokenizer.Decode(ids));
        }
    }

    private static uint Hash(uint hash, int value)
    {
        for (var i = 0; i < 4; i++, value >>= 8)
            hash = unchecked((hash ^ (byte)value) * 16777619);
        return hash;
    }

    private static string TestsFolder([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "..");
}
