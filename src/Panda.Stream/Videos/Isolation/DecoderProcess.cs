using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Panda.Stream.Native;
using Panda.Stream.Native.Processes;

namespace Panda.Stream.Videos.Isolation;

/// <summary>A child process that decodes, and the two pipes to it. Messages are read by one thread at a time; any may send.</summary>
internal sealed class DecoderProcess : IDisposable
{
    private static readonly TimeSpan LongestDeath = TimeSpan.FromSeconds(10);
    private static readonly Lazy<BlockingCollection<Action>> Starter = new(StartStarter);

    private readonly Process _process;
    private readonly System.IO.Stream _commands, _messages;
    private readonly Lock _sending = new();
    private string? _lastWords;

    private DecoderProcess(Process process)
    {
        _process = process;
        _commands = process.StandardInput.BaseStream;
        _messages = new BufferedStream(process.StandardOutput.BaseStream);
        process.ErrorDataReceived += (_, line) => _lastWords ??= line.Data;
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>The words that start the program, which lies beside this one.</summary>
    /// <exception cref="NativeLibraryException">It does not.</exception>
    public static IReadOnlyList<string> Program =>
        Beside("panda") is { } host ? [host]
        : Beside("panda.dll") is { } assembly ? ["dotnet", assembly]
        : throw new NativeLibraryException($"decode.isolation: found no program 'panda' in {AppContext.BaseDirectory}, expected the one whose child processes decode");

    /// <param name="memoryMegabytes">Memory of its own that it may take; null for any.</param>
    public static DecoderProcess Start(int? memoryMegabytes)
    {
        var start = new ProcessStartInfo(Program[0], [.. Program.Skip(1), DecoderChild.Command, $"{Environment.ProcessId}", .. memoryMegabytes is { } megabytes ? new[] { $"{megabytes}" } : []])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            // It has one thread of its own and makes no garbage to speak of.
            Environment = { ["DOTNET_gcConcurrent"] = "0", ["DOTNET_TieredPGO"] = "0", ["DOTNET_gcServer"] = "0" },
        };
        var started = new TaskCompletionSource<Process>();
        Starter.Value.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
#pragma warning disable CA1031 // Belongs to whoever wanted the process.
            catch (Exception error)
#pragma warning restore CA1031
            {
                started.SetException(error);
            }
        });
        return new DecoderProcess(started.Task.GetAwaiter().GetResult());
    }

    /// <summary>Sends a command; one to a process that has gone goes nowhere.</summary>
    public void Send(DecoderCommand command, int argument = 0) => Send([(byte)command, (byte)argument]);

    public void Send(params ReadOnlySpan<byte> bytes)
    {
        try
        {
            lock (_sending)
                _commands.Write(bytes);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The end of its messages will tell.
        }
    }

    /// <summary>Reads what the process says next; false when it has ended.</summary>
    public bool TryRead(out DecoderHeader header)
    {
        header = default;
        return TryFill(MemoryMarshal.AsBytes(new Span<DecoderHeader>(ref header)));
    }

    /// <summary>Reads a payload.</summary>
    public bool TryRead<T>(out T payload) where T : unmanaged
    {
        payload = default;
        return TryFill(MemoryMarshal.AsBytes(new Span<T>(ref payload)));
    }

    public bool TryFill(Span<byte> bytes)
    {
        try
        {
            return _messages.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Ends it at once, whatever it does.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It had ended already.
        }
    }

    /// <summary>How it ended, in words; to be asked when its messages have.</summary>
    public string HowItEnded()
    {
        if (!_process.WaitForExit(LongestDeath))
            return "closed its pipe and did not end";
        var ended = SignalNames.HowItEnded(_process.ExitCode);
        return _lastWords is { Length: > 0 } words ? $"{ended} ({words})" : ended;
    }

    public void Dispose()
    {
        Kill();
        lock (_sending)
            _commands.Dispose();
        _messages.Dispose();
        _process.Dispose();
    }

    private static string? Beside(string name) => Path.Combine(AppContext.BaseDirectory, name) is var path && File.Exists(path) ? path : null;

    // A child dies with the thread that started it, not with the process: so it is started by a thread that never ends.
    [SuppressMessage("Reliability", "CA2000", Justification = "Lives as long as the process.")]
    private static BlockingCollection<Action> StartStarter()
    {
        var wanted = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in wanted.GetConsumingEnumerable())
                start();
        }) { IsBackground = true, Name = "starts decoder processes" }.Start();
        return wanted;
    }
}
