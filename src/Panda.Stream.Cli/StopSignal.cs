using System.Runtime.InteropServices;

namespace Panda.Stream.Cli;

/// <summary>Ctrl-C and SIGTERM: the first asks the work to end well, the second ends the process at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;

    public StopSignal() => (_interrupt, _terminate) = (On(PosixSignal.SIGINT), On(PosixSignal.SIGTERM));

    public CancellationToken Asked => _asked.Token;

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _asked.Dispose();
    }

    private PosixSignalRegistration On(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        if (_asked.IsCancellationRequested)
        {
            // The live table had hidden the cursor.
            if (!Console.IsErrorRedirected)
                Console.Error.Write("\e[?25h\e[?1l\n");
            return;
        }
        context.Cancel = true;
        _asked.Cancel();
    });
}
