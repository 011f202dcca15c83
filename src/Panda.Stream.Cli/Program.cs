using System.CommandLine;
using Panda.Stream.Cli;

Terminal.Guard();
var parsed = new RootCommand("Panda.Stream turns long videos into a dataset of captioned clips.")
{
    RunCommand.Create(),
    RetryCommand.Create(),
    SplitCommand.Create(),
    ResplitCommand.Create(),
    SweepCommand.Create(),
    CoherenceCommand.Create(),
    ShowCommand.Create(),
    WhyCommand.Create(),
    ExportCommand.Create(),
    MeasureCommand.Create(),
    ValidateCommand.Create(),
}.Parse(args);
try
{
    // Without a time-out, Ctrl-C leaves it to the command how to end.
    var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    return parsed.Errors.Count > 0 ? CommonOptions.Refused : code;
}
catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
{
    // Standard output that is closed or full, above all.
    Console.Error.WriteLine($"panda: {closed.Message}");
    return CommonOptions.Failed;
}
