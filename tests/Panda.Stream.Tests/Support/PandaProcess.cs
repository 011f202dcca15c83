using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Panda.Stream.Tests.Support;

/// <summary>The program as a process of its own, as a user starts it: what it says, real signals to it, its exit code.</summary>
public sealed partial class PandaProcess : IDisposable
{
    public const int Interrupt = 2, Terminate = 15; // SIGINT, SIGTERM

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly StringBuilder _error = new();

    public PandaProcess(params string[] arguments) : this(new Dictionary<string, string>(), arguments)
    {
    }

    /// <param name="environment">What it finds in its environment beside what these tests have in theirs.</param>
    public PandaProcess(IReadOnlyDictionary<string, string> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "panda.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["PANDA_HOME"] = Repository.Root },
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_error)
                _error.Append(line.Data).Append('\n');
        };
        _process.BeginErrorReadLine();
    }

    public string Error
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var panda = new PandaProcess(arguments);
        return await panda.EndAsync();
    }

    /// <summary>Waits until it decodes a video: looks for libav in its memory, which is loaded by then, and for an open video, which it also has while it looks at its inputs.</summary>
    public Task VideoOpenedAsync() => UntilAsync("opens no video", () =>
        File.ReadAllText($"/proc/{_process.Id}/maps").Contains("libavformat", StringComparison.Ordinal) &&
        Directory.EnumerateFiles($"/proc/{_process.Id}/fd").Any(file => Path.GetExtension(new FileInfo(file).LinkTarget) is ".mp4" or ".mkv"));

    public Task SaysAsync(string text) => UntilAsync($"does not say '{text}'", () => Error.Contains(text, StringComparison.Ordinal));

    public void Signal(int signal) => Assert.Equal(0, kill(_process.Id, signal));

    public async Task<(int Code, string Output, string Error)> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, await _output, Error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private async Task UntilAsync(string what, Func<bool> there)
    {
        for (var clock = Stopwatch.StartNew(); _process.HasExited || !there(); await Task.Delay(20))
            Assert.True(clock.Elapsed < Patience && !_process.HasExited, $"the program {what}; so far it said: {Error}");
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
