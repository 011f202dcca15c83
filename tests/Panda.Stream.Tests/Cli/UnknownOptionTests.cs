using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cli;

public sealed class UnknownOptionTests
{
    [Fact]
    public async Task The_help_names_the_launchers_commands_too()
    {
        var (code, output, _) = await PandaProcess.RunAsync("--help");
        Assert.Equal(0, code);
        Assert.Matches(@"\n  test .+Runs the tests", output);
        Assert.Matches(@"\n  perf .+Measures", output);
        (code, _, var error) = await PandaProcess.RunAsync("perf", "zoo", "--json");
        Assert.Equal(2, code);
        Assert.StartsWith("perf: found the program itself, expected its launcher: ", error);
    }

    [Theory]
    [InlineData("run --intput samples", "panda: unknown option '--intput' of run; did you mean '--input'?")]
    [InlineData("validate --bogus", "panda: unknown option '--bogus' of validate, expected one of --set")]
    [InlineData("show --lmit 3 out", "panda: unknown option '--lmit' of show; did you mean '--limit'?")]
    [InlineData("validate -- --bogus", "--bogus: error PS101: found no such file, expected a YAML file")]
    public async Task An_option_that_is_unknown_is_called_that(string arguments, string expected)
    {
        var (code, output, error) = await PandaProcess.RunAsync(arguments.Split(' '));
        Assert.Equal((2, expected), (code, (error + output).Trim().Split('\n')[0]));
    }
}
