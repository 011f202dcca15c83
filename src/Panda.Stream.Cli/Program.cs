using System.CommandLine;
using System.Globalization;
using Panda.Stream.Cli;
using Panda.Stream.Videos.Isolation;

// Before all else: a decoder's process is there within the time that one command line takes to be parsed.
if (args is [DecoderChild.Command, var parent, .. var memory])
    return DecoderChild.Run(int.Parse(parent, CultureInfo.InvariantCulture), memory is [var megabytes] ? int.Parse(megabytes, CultureInfo.InvariantCulture) : null);

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
    ModelsCommand.Create(),
    CalibrateCommand.Create(),
    DevicesCommand.Create(),
    SetupCommand.Create(),
    LauncherCommands.Test(),
    LauncherCommands.Perf(),
}.Parse(args);
if (UnknownOption.Of(parsed) is { } unknown)
    return CommonOptions.Refuse(unknown);
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
#pragma warning disable CA1031 // As an exit code, so that it is not taken for a crash, after which the run would be started again.
catch (Exception fault)
#pragma warning restore CA1031
{
    Console.Error.WriteLine($"panda: a fault of the program itself: {fault}");
    return CommonOptions.Failed;
}
