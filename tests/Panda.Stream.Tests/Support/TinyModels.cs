using Panda.Stream.Models;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Support;

/// <summary>The tiny models of Data/models: real graphs, random weights.</summary>
public static class TinyModels
{
    private static readonly string Copies = Directory.CreateTempSubdirectory("panda-models-").FullName;

    static TinyModels() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Copies, recursive: true);

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Data", "models");

    public static string PathOf(string model, string file = "card.yaml") => Path.Combine(Folder, model, file);

    public static LoadedCard Card(string model) => LoadedCard.Load(PathOf(model));

    /// <summary>A copy of a model whose files a test may spoil.</summary>
    public static string Copy(string model)
    {
        var copy = Directory.CreateDirectory(Path.Combine(Copies, Path.GetRandomFileName())).FullName;
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, model)))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    /// <summary>A copy of a model whose card says something else in one place.</summary>
    public static string Spoilt(string model, string from, string to)
    {
        var copy = Copy(model);
        var card = Path.Combine(copy, "card.yaml");
        var text = File.ReadAllText(card);
        Assert.Contains(from, text);
        File.WriteAllText(card, text.Replace(from, to));
        return card;
    }

    /// <summary>A model under a card of its folder, which says something else in one place.</summary>
    public static LoadedCard Variant(string model, string file = "card.yaml", string from = "", string to = "")
    {
        var text = File.ReadAllText(PathOf(model, file));
        if (from.Length > 0)
            Assert.Contains(from, text);
        var card = PathOf(model, Path.GetRandomFileName() + ".yaml");
        File.WriteAllText(card, from.Length > 0 ? text.Replace(from, to) : text);
        try
        {
            return LoadedCard.Load(card);
        }
        finally
        {
            File.Delete(card);
        }
    }

    /// <summary>A picture with a pattern of its own for every seed.</summary>
    public static KeptFrame Frame(int seed, int index = 0, int width = 40, int height = 24)
    {
        var rgb = new byte[3 * width * height];
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)(128 + 100 * Math.Sin(seed * 1.7 + i % 3 * (seed % 5) + i / 3 % width * 0.13 * (seed % 7 + 1) + i / (3 * width) * 0.21 * (seed % 3 + 1)));
        return new KeptFrame(index, index, width, height, rgb);
    }

    /// <summary>All black, of which the tiny models make numbers that are not numbers.</summary>
    public static KeptFrame Black(int index = 0) => new(index, index, 40, 24, new byte[3 * 40 * 24]);
}
