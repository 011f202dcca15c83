using System.Security.Cryptography;
using System.Text;
using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Strangers;

/// <summary>A model card from anywhere: the files that it names, the sizes that it claims.</summary>
public sealed class CardFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("../secret", "expected a file in the card's folder")]
    [InlineData("../../../../../../../etc/passwd", "it leads to /etc/passwd")]
    [InlineData("/etc/passwd", "found a path from the root")]
    [InlineData("/dev/zero", "found a path from the root")]
    [InlineData("link", "expected a file in the card's folder")]
    [InlineData("linked/secret", "expected a file in the card's folder")]
    [InlineData("zero", "it leads to /dev/zero")]
    [InlineData(".", "expected a file in the card's folder")]
    [InlineData("a\\0b", "cannot be read")]
    [InlineData("absent", "found no file 'absent'")]
    public void No_file_of_a_card_lies_beyond_its_folder(string file, string reason)
    {
        foreach (var (kind, from) in new[] { ("embedder", "file: image.onnx"), ("teacher", "file: vision.onnx"), ("matcher", "file: tokenizer.json") })
        {
            var folder = Model(kind, from, $"file: \"{file}\"");
            File.WriteAllText(Path.Combine(folder, "..", "secret"), "secret");
            File.CreateSymbolicLink(Path.Combine(folder, "link"), "../secret");
            File.CreateSymbolicLink(Path.Combine(folder, "linked"), "..");
            File.CreateSymbolicLink(Path.Combine(folder, "zero"), "/dev/zero");
            Assert.Contains(Mistakes(folder), mistake => mistake.Contains(reason, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_link_may_stand_for_the_folder_as_a_whole_and_lead_about_within_it()
    {
        var folder = Model("embedder", "file: image.onnx", "file: weights/link.onnx");
        Directory.CreateDirectory(Path.Combine(folder, "weights"));
        File.CreateSymbolicLink(Path.Combine(folder, "weights", "link.onnx"), "../image.onnx");
        Directory.CreateSymbolicLink(_folder.File("elsewhere"), folder);
        Assert.Empty(Mistakes(_folder.File("elsewhere")));
    }

    [Fact]
    public void What_several_cards_use_may_lie_in_the_folder_shared_beside_them()
    {
        var folder = Model("embedder", "file: image.onnx", "file: ../shared/image.onnx");
        var shared = Directory.CreateDirectory(Path.Combine(folder, "..", "shared")).FullName;
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains("found no file '../shared/image.onnx'", StringComparison.Ordinal));
        File.Move(Path.Combine(folder, "image.onnx"), Path.Combine(shared, "image.onnx"));
        Assert.Empty(Mistakes(folder));
        File.Move(Path.Combine(shared, "image.onnx"), Path.Combine(folder, "..", "image.onnx"));
        File.CreateSymbolicLink(Path.Combine(shared, "image.onnx"), "../image.onnx");
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains("expected a file in the card's folder", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("embedder", "image.onnx"), InlineData("teacher", "vision.onnx"), InlineData("teacher", "embed_tokens.onnx"), InlineData("teacher", "decoder.onnx")]
    [InlineData("teacher", "tokenizer.json"), InlineData("matcher", "tokenizer.json"), InlineData("matcher", "text.onnx")]
    public void A_file_that_is_not_the_one_of_the_cards_hash_is_refused(string model, string file)
    {
        var folder = Model(model, "", "");
        var card = Path.Combine(folder, "card.yaml");
        if (file == "tokenizer.json")
            File.WriteAllText(card, File.ReadAllText(card).Replace("{file: tokenizer.json", $"{{file: tokenizer.json, sha256: \"{HashOf(Path.Combine(folder, file))}\"", StringComparison.Ordinal));
        Assert.Empty(Mistakes(folder));

        File.AppendAllText(Path.Combine(folder, file), "\n");
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains($"sha256: '{file}'", StringComparison.Ordinal) && mistake.Contains("is it another version, or cut short?", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("../secret", "it leads to")]
    [InlineData("/dev/zero", "found a path from the root")]
    [InlineData("absent.bin", "found no file 'absent.bin'")]
    public void Weights_that_a_model_keeps_elsewhere_are_looked_at_before_it_is_opened(string file, string reason)
    {
        var folder = Model("embedder", "", "");
        NoHash(folder);
        File.WriteAllBytes(Path.Combine(folder, "image.onnx"), WithWeights(file, inside: false));
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains(reason, StringComparison.Ordinal) && mistake.Contains(file, StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(folder, "image.onnx"), WithWeights(file, inside: true));
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Weights_beside_a_model_are_held_against_their_hash_and_change_its_identity()
    {
        var folder = Model("embedder", "", "");
        NoHash(folder);
        File.WriteAllBytes(Path.Combine(folder, "image.onnx"), WithWeights("w.bin", inside: false));
        File.WriteAllText(Path.Combine(folder, "w.bin"), "weights");
        var card = Path.Combine(folder, "card.yaml");
        var before = LoadedCard.Load(card).Identity;

        File.WriteAllText(card, File.ReadAllText(card).Replace("file: image.onnx", $"file: image.onnx\n    data: {{w.bin: {HashOf(Path.Combine(folder, "w.bin"))}}}", StringComparison.Ordinal));
        Assert.NotEqual(before, LoadedCard.Load(card).Identity);
        File.WriteAllText(Path.Combine(folder, "w.bin"), "others");
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains("sessions.image.data.w.bin: 'w.bin' (6 bytes) has", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(folder, "image.onnx"), WithWeights("v.bin", inside: false));
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains("sessions.image.data: found 'w.bin', expected a file in which image.onnx keeps weights: v.bin", StringComparison.Ordinal));
    }

    [Fact]
    public void Graphs_within_graphs_without_end_and_names_without_end_are_refused()
    {
        var deep = Array.Empty<byte>();
        for (var level = 0; level < 60; level++)
            deep = Field(1, Field(5, Field(6, deep)));
        Assert.Throws<InvalidDataException>(() => NamesIn(Field(7, deep)));
        Assert.Throws<InvalidDataException>(() => NamesIn(Field(7, Field(5, Field(13, [.. Field(1, "location"u8), .. Field(2, new byte[5000])])))));
        foreach (var (model, file) in new[] { ("embedder", "image.onnx"), ("teacher", "decoder.onnx"), ("matcher", "vision.onnx") })
            Assert.Empty(NamesIn(File.ReadAllBytes(TinyModels.PathOf(model, file))));
    }

    [Fact]
    public void Pictures_that_no_memory_holds_are_refused()
    {
        var folder = Model("matcher", "count: 4", "count: 1000");
        var card = Path.Combine(folder, "card.yaml");
        File.WriteAllText(card, File.ReadAllText(card).Replace("size: [16, 16]", "size: [4096, 4096]", StringComparison.Ordinal));
        Assert.Contains(Mistakes(folder), mistake => mistake.Contains("found 1000 frames of 4096x4096, 201326592000 bytes a clip, expected at most 268435456", StringComparison.Ordinal));
    }

    [Fact]
    public void An_expression_that_goes_round_for_ever_is_stopped()
    {
        var pattern = new RunePattern("(a+)+$");
        Assert.Throws<System.Text.RegularExpressions.RegexMatchTimeoutException>(() => pattern.Find(new string('a', 60) + "b"));
    }

    [Fact]
    public void What_cannot_be_read_in_a_tokenizer_is_told()
    {
        foreach (var text in new[] { """{"model": "\ud800"}""", """{"model": {"type": "Unigram", "vocab": [["a", 1e999]], "unk_id": 0}}""", new string('[', 100_000), "\0", "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 1}, \"merges\": []}}" })
        {
            try
            {
                Tokenizer.Load(_folder.Write("tokenizer.json", text)).Encode("a");
            }
            catch (TokenizerException error)
            {
                Assert.StartsWith(_folder.Path, error.Message);
            }
        }
        File.Delete(_folder.File("tokenizer.json"));
        File.CreateSymbolicLink(_folder.File("tokenizer.json"), "/dev/zero");
        Assert.Contains("found no readable file", Assert.Throws<TokenizerException>(() => Tokenizer.Load(_folder.File("tokenizer.json"))).Message);
    }

    private string Model(string kind, string from, string to)
    {
        var parent = Directory.CreateDirectory(_folder.File(Guid.NewGuid().ToString("N"))).FullName;
        var folder = Path.Combine(parent, "model");
        Directory.Move(TinyModels.Copy(kind), folder);
        var card = Path.Combine(folder, "card.yaml");
        var text = File.ReadAllText(card);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(card, from.Length == 0 ? text : text.Replace(from, to, StringComparison.Ordinal));
        return folder;
    }

    private static void NoHash(string folder)
    {
        var card = Path.Combine(folder, "card.yaml");
        File.WriteAllLines(card, File.ReadAllLines(card).Where(line => !line.Contains("sha256", StringComparison.Ordinal)));
    }

    private static IReadOnlyList<string> Mistakes(string folder)
    {
        var diagnostics = new List<Diagnostic>();
        LoadedCard.TryLoad(Path.Combine(folder, "card.yaml"), diagnostics);
        return [.. diagnostics.Select(diagnostic => diagnostic.ToString())];
    }

    private static string HashOf(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private IReadOnlyList<string> NamesIn(byte[] model)
    {
        using var file = File.OpenRead(_folder.Write("m.onnx", model));
        return ExternalWeights.NamesIn(file);
    }

    /// <summary>ONNX of one tensor whose weights lie in a file: an initializer, or the constant of a node of a graph in a node.</summary>
    private static byte[] WithWeights(string file, bool inside)
    {
        var tensor = Field(13, [.. Field(1, "location"u8), .. Field(2, Encoding.UTF8.GetBytes(file))]);
        return Field(7, inside ? Field(1, Field(5, Field(6, Field(1, Field(5, Field(5, tensor)))))) : Field(5, tensor));
    }

    private static byte[] Field(int number, ReadOnlySpan<byte> bytes)
    {
        var length = new List<byte>();
        var rest = bytes.Length;
        for (; rest >= 0x80; rest >>= 7)
            length.Add((byte)(rest | 0x80));
        return [(byte)(number << 3 | 2), .. length, (byte)rest, .. bytes];
    }
}
