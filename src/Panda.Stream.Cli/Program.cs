using System.CommandLine;
using Panda.Stream.Cli;

// A thread of Ctrl-C's own handler must not end the process before the run has drained.
return await new RootCommand("Panda.Stream turns long videos into a dataset of captioned clips.")
{
    RunCommand.Create(),
    SplitCommand.Create(),
    ResplitCommand.Create(),
    SweepCommand.Create(),
    CoherenceCommand.Create(),
    ShowCommand.Create(),
    ValidateCommand.Create(),
}.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
