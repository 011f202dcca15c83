using System.Runtime.InteropServices;
using Panda.Stream.Native;

namespace Panda.Stream.Cli;

/// <summary>Ctrl-C and SIGTERM: the first asks the work to end well, the second ends the process at once.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _asked = new();
    private readonly PosixSignalRegistration _interrupt, _terminate;
    private int _signals;

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
        context.Cancel = true;
        if (Interlocked.Exchange(ref _signals, 1) == 0)
        {
            // What waits on the token may run in here: the next signal must find this one counted.
            _asked.Cancel();
            return;
        }
        // The live table had hidden the cursor.
        if (!Console.IsErrorRedirected)
            Terminal.Raw.Write("\e[?25h\e[?1l\n");
        ProcessEnd.AtOnce(CommonOptions.Interrupted);
    });
}
