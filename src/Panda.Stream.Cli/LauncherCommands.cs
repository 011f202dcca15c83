using System.CommandLine;

namespace Panda.Stream.Cli;

/// <summary>Commands of the launcher, which builds and starts other programs for them: here for the help alone.</summary>
internal static class LauncherCommands
{
    public static Command Test() => Of("test", "Runs the tests; arguments go to the test runner, such as -class '*NAME'.");

    public static Command Perf() => Of("perf", "Measures what parts of the program cost and how good captions are; without arguments it lists the cases.");

    private static Command Of(string name, string description)
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(_ => CommonOptions.Refuse($"{name}: found the program itself, expected its launcher: {Path.Combine(Config.PandaHome.Folder, "panda")} {name}"));
        return command;
    }
}
