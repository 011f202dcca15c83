using System.CommandLine;
using Panda.Stream.Cli;

var parsed = new RootCommand("Panda.Stream turns long videos into a dataset of captioned clips.")
{
    RunCommand.Create(),
    SplitCommand.Create(),
    ResplitCommand.Create(),
    SweepCommand.Create(),
    CoherenceCommand.Create(),
    ShowCommand.Create(),
    ValidateCommand.Create(),
}.Parse(args);
// Without a time-out, Ctrl-C leaves it to the command how to end.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? CommonOptions.Refused : code;
