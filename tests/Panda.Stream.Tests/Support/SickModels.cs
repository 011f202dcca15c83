using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Panda.Stream.Models;

namespace Panda.Stream.Tests.Support;

/// <summary>The tiny models with one session that really fails: it asks for more memory than there can be, or runs on for ever.</summary>
public static class SickModels
{
    /// <summary>The tiny embedder; with more than <paramref name="most"/> frames at once it asks for 2^48 bytes.</summary>
    public static LoadedCard HungryEmbedder(int most) => With("embedder", "image.onnx", Hungry("pixel_values", [2L, 3], 3, [8], most,
        graph => graph.Input("pixel_values", "batch", 3, 16, 16).Output("embedding", "batch", 8), "embedding"));

    /// <summary>The tiny teacher, likewise for clips.</summary>
    public static LoadedCard HungryTeacher(int most) => With("teacher", "vision.onnx", Hungry("pixel_values", [2L, 3], 3, [4, 16], most,
        graph => graph.Input("pixel_values", "batch", 3, 16, 16).Output("visual_tokens", "batch", 4, 16), "visual_tokens"));

    /// <summary>The tiny matcher, likewise for captions.</summary>
    public static LoadedCard HungryMatcher(int most) => With("matcher", "fusion.onnx", Hungry("video_tokens", [1L], 16, [2], most,
        graph => graph.Input("video_tokens", "batch", 16, 16).Input("text_tokens", "batch", "sequence", 16).Input64("attention_mask", "batch", "sequence").Output("itm", "batch", 2), "itm"));

    /// <summary>The tiny embedder; a black frame among its frames makes it loop 2^60 times.</summary>
    public static LoadedCard EndlessEmbedder() => With("embedder", "image.onnx", Endless([8],
        graph => graph.Input("pixel_values", "batch", 3, 16, 16).Output("embedding", "batch", 8), "embedding"));

    /// <summary>The tiny teacher, likewise.</summary>
    public static LoadedCard EndlessTeacher() => With("teacher", "vision.onnx", Endless([4, 16],
        graph => graph.Input("pixel_values", "batch", 3, 16, 16).Output("visual_tokens", "batch", 4, 16), "visual_tokens"));

    private static LoadedCard With(string model, string file, byte[] onnx)
    {
        var folder = TinyModels.Copy(model);
        File.WriteAllBytes(Path.Combine(folder, file), onnx);
        var card = Path.Combine(folder, "card.yaml");
        var hash = Convert.ToHexStringLower(SHA256.HashData(onnx));
        File.WriteAllText(card, Regex.Replace(File.ReadAllText(card), $"(file: {Regex.Escape(file)}\\s+sha256: )\"[0-9a-f]+\"", $"$1\"{hash}\""));
        return LoadedCard.Load(card);
    }

    private static byte[] Hungry(string input, long[] mean, int width, int[] shape, int most, Action<OnnxGraph> declare, string output)
    {
        var graph = new OnnxGraph();
        declare(graph);
        graph.Constant("zeroth", [0], 1).Constant("most", [most], 1).Constant("none", [0], 1).Constant("one", [1], 1).Constant("two", [2], 1).Constant("bits", [46], 1)
            .Node("Shape", input, "shape").Node("Gather", "shape zeroth", "items", ("axis", 0))
            .Node("Sub", "items most", "over").Node("Max", "over none", "some").Node("Min", "some one", "whether")
            .Node("Mul", "whether bits", "exponent").Node("Pow", "two exponent", "size")
            .Node("ConstantOfShape", "size", "memory").Node("ReduceMax", "memory", "nothing", ("keepdims", 0));
        return Answer(graph, input, mean, width, shape, output);
    }

    private static byte[] Endless(int[] shape, Action<OnnxGraph> declare, string output)
    {
        var body = new OnnxGraph().Input64("turn").InputBool("go").Input("x").OutputBool("on").Output("y")
            .Constant("slower", [0.5f]).Node("Identity", "go", "on").Node("Mul", "x slower", "y");
        var graph = new OnnxGraph();
        declare(graph);
        graph.Constant("dark", [-1.2f]).Constant("ever", [1L << 60]).Constant("once", [1L]).Constant("start", [0f])
            .Node("ReduceMean", "pixel_values", "brightness", ("axes", new long[] { 1, 2, 3 }), ("keepdims", 0))
            .Node("ReduceMin", "brightness", "darkest", ("keepdims", 0)).Node("Less", "darkest dark", "is_dark")
            .Node("Where", "is_dark ever once", "turns").Node("Less", "once ever", "yes")
            .Node("Loop", "turns yes start", "nothing", ("body", body));
        return Answer(graph, "pixel_values", [2, 3], 3, shape, output);
    }

    /// <summary>Mean of the input, times a matrix, plus the nothing that the graph came to.</summary>
    private static byte[] Answer(OnnxGraph graph, string input, long[] mean, int width, int[] shape, string output)
    {
        var length = shape.Aggregate(1, (all, size) => all * size);
        float[] matrix = [.. Enumerable.Range(0, width * length).Select(i => MathF.Sin(1 + i))];
        return graph.Constant("matrix", matrix, width, length).Constant("rows", [-1, .. shape.Select(size => (long)size)], 1 + shape.Length)
            .Node("ReduceMean", input, "means", ("axes", mean), ("keepdims", 0)).Node("MatMul", "means matrix", "flat")
            .Node("Add", "flat nothing", "sum").Node("Reshape", "sum rows", output).ToModel();
    }
}
