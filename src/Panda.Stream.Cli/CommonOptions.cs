using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Panda.Stream.Config;

namespace Panda.Stream.Cli;

/// <summary>What the commands that read a configuration have in common.</summary>
internal static class CommonOptions
{
    /// <summary>Exit codes: all well; the work failed; the request could not be started; stopped by the user.</summary>
    public const int Ok = 0, Failed = 1, Refused = ConfigErrors.ExitCode, Interrupted = 130;

    public static Argument<string> ConfigFile() => new("pipeline.yaml")
    {
        Description = "The pipeline; without it the reference pipeline.yaml.",
        DefaultValueFactory = _ => PandaHome.Pipeline,
    };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Sets a key on top of the file, e.g. --set split.stitch=0.5; may be given several times.",
        HelpName = "KEY=VALUE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>An option whose value is a number, from some least one on.</summary>
    public static Option<T?> Number<T>(string name, string description, T? least = null) where T : struct, INumber<T> => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (T.TryParse(text, CultureInfo.InvariantCulture, out var number) && T.IsFinite(number) && (least is null || number >= least))
                return number;
            result.AddError($"{name}: found '{text}', expected {(typeof(T) == typeof(int) ? "a whole number" : "a number")}{(least is null ? "" : $", {least} or more")}");
            return null;
        },
    };

    /// <summary>The folder in which models are looked for by name.</summary>
    public static Option<string> Models() => new("--models")
    {
        Description = "The folder with a folder for each model.",
        HelpName = "DIR",
        DefaultValueFactory = _ => Path.Combine(PandaHome.Folder, "models"),
    };

    /// <summary>Writes what is wrong to standard error.</summary>
    public static int Refuse(string what)
    {
        Console.Error.WriteLine(what);
        return Refused;
    }
}
