using System.CommandLine;
using System.Globalization;
using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Videos;

namespace Panda.Stream.Cli;

/// <summary><c>models</c>: what models there are, and whether one works.</summary>
internal static class ModelsCommand
{
    // Of the video that a check looks at: enough frames for every rule.
    private const double ClipSeconds = 8;
    private const double Megabyte = 1e6;

    public static Command Create()
    {
        var folder = CommonOptions.Models();
        folder.Recursive = true;
        var name = new Argument<string[]>("NAME") { Description = "Models of the folder.", Arity = ArgumentArity.OneOrMore };
        var video = new Option<string>("--video")
        {
            Description = $"The video whose first {ClipSeconds} seconds are the clip.", HelpName = "VIDEO",
            DefaultValueFactory = _ => Directory.EnumerateFiles(Path.Combine(PandaHome.Folder, "samples"), "*.mp4").Order(StringComparer.Ordinal).First(),
        };
        var threads = CommonOptions.Number<int>("--threads", "Threads of each call of a session.", least: 1);
        threads.DefaultValueFactory = _ => 1;
        var check = new Command("check", "Opens a model's sessions, holds their tensors against its card, and runs one clip.") { name, video, threads };
        check.SetAction(parsed => Check(parsed.GetRequiredValue(folder), parsed.GetRequiredValue(name), parsed.GetRequiredValue(video), parsed.GetValue(threads)!.Value));
        var command = new Command("models", "Lists models: files, sizes, what they read, what they share.") { folder, check, ModelsSelectCommand.Create(folder) };
        command.SetAction(parsed => List(parsed.GetRequiredValue(folder)));
        return command;
    }

    private static int List(string folder)
    {
        if (!Directory.Exists(folder))
            return CommonOptions.Refuse($"found no folder '{folder}', expected one with a folder and a card.yaml for each model");
        var models = ListedModel.Of(folder);
        string[][] rows = [.. models.Select(Row)];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Select(row => row[column].Length).DefaultIfEmpty(0).Max())];
        for (var i = 0; i < rows.Length; i++)
        {
            Console.Out.WriteLine(string.Join("  ", rows[i].Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell)).TrimEnd());
            foreach (var (id, others) in models[i].SharedWith)
                Console.Out.WriteLine(others.Count > 0 ? $"    shares {id} with {string.Join(", ", others)}" : $"    may share {id}");
            if (models[i].Files.Where(file => file.Bytes is null).Select(file => file.File).ToArray() is { Length: > 0 } missing)
                Console.Out.WriteLine($"    to be supplied: {string.Join(", ", missing)}");
            if (models[i].Files.Where(file => file.IsTooLarge).Select(file => file.File).ToArray() is { Length: > 0 } large)
                Console.Out.WriteLine($"    too large to be hashed here: {string.Join(", ", large)}");
            foreach (var mistake in models[i].Mistakes)
                Console.Out.WriteLine($"    {mistake}");
        }
        return models.Any(model => model.Mistakes.Count > 0) ? CommonOptions.Failed : CommonOptions.Ok;
    }

    private static string[] Row(ListedModel model) =>
    [
        model.Name,
        model.Card?.Kind.ToString().ToLowerInvariant() ?? "?",
        Plural.Of(model.Files.Count, "file"),
        string.Create(CultureInfo.InvariantCulture, $"{model.Files.Sum(file => file.Bytes ?? 0) / Megabyte:0.0} MB"),
        model.Card is null ? "" : string.Join("; ", new[] { model.Card.Family, model.Reads }.Where(text => text.Length > 0)),
    ];

    private static int Check(string folder, string[] names, string video, int threads)
    {
        var code = CommonOptions.Ok;
        try
        {
            // The worst of them: refused before failed.
            foreach (var name in names)
            {
                var card = Path.Combine(folder, name, "card.yaml");
                code = Math.Max(code, File.Exists(card) || Directory.Exists(Path.GetDirectoryName(card)) ? Check(card, video, threads)
                    : CommonOptions.Refuse($"found no model '{name}' in '{folder}'{Suggestion.Tail(name, [.. ListedModel.Of(folder).Select(model => model.Name)])}"));
            }
            return code;
        }
        catch (Exception refused) when (refused is VideoException or NativeLibraryException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    private static int Check(string card, string video, int threads)
    {
        try
        {
            var size = YamlBinder.Load<ModelCard>(card).Value?.Picture?.Size.Max() ?? 224;
            var clip = ClipReader.Read(video, [new(0, ClipSeconds)], size, ClipReader.KeptPerSecond).Single().Clip;
            var trial = ModelTrial.Run(card, clip, threads);
            Console.Out.WriteLine($"{trial.Identity}, ONNX Runtime {OnnxEnvironment.Version} on the CPU");
            foreach (var calls in trial.Calls.GroupBy(call => (call.Model, call.Session)))
                Write([.. calls]);
            Console.Out.WriteLine($"  {(trial.IsGood ? "gives" : "fails")}: {trial.Result}");
            return trial.IsGood ? CommonOptions.Ok : CommonOptions.Failed;
        }
        catch (Exception refused) when (refused is ModelCardException or OnnxRuntimeException or IOException or InvalidDataException)
        {
            return CommonOptions.Refuse(refused.Message);
        }
    }

    /// <summary>The first call with its shapes, and how long it and the others took.</summary>
    private static void Write(SessionCall[] calls)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {calls[0].Model}/{calls[0].Session}: {calls[0].Elapsed.TotalMilliseconds:0.0} ms") + (calls.Length == 1 ? ""
            : string.Create(CultureInfo.InvariantCulture, $", then {Plural.Of(calls.Length - 1, "call")} of {calls.Skip(1).Average(call => call.Elapsed.TotalMilliseconds):0.00} ms")));
        foreach (var (arrow, tensors) in new[] { ("<-", calls[0].Inputs), ("->", calls[0].Outputs) })
            foreach (var tensor in tensors)
                Console.Out.WriteLine($"    {arrow} {tensor}");
    }
}
