using System.CommandLine;
using Panda.Stream.Config;

namespace Panda.Stream.Cli;

/// <summary><c>validate</c>: every error of a configuration.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var file = CommonOptions.ConfigFile();
        var set = CommonOptions.Set();
        var command = new Command("validate", "Names every error of a configuration, with line and column.") { file, set };
        command.SetAction(parsed => ConfigErrors.Validate(
            parsed.GetRequiredValue(file), [.. parsed.GetRequiredValue(set).Select(Override.Set)], Console.Out));
        return command;
    }
}
