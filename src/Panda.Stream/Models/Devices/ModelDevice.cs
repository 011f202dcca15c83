using System.Text.RegularExpressions;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Devices;

/// <summary>A place where models run: so many of the machine's cores.</summary>
/// <param name="name">Such as <c>cpu:0</c>.</param>
/// <param name="threads">Threads of each call of a session.</param>
/// <param name="isExclusive">Whether it runs one call at a time, so that its threads are all that it takes; else models run side by side.</param>
public sealed partial class ModelDevice(string name, int threads, bool isExclusive)
{
    /// <summary>What a device may be called.</summary>
    public const string NameForm = "cpu:N with N from 0 to 999";

    // Of a card whose context is lost every call says so, in these words; a lack of memory is not the device's fault.
    private static readonly string[] FaultWords = ["CUDA failure", "CUDA error", "CUBLAS failure", "CUDNN failure"];

    private readonly SemaphoreSlim? _turns = isExclusive ? new(1) : null;

    public string Name { get; } = name;

    public int Threads { get; } = threads;

    /// <summary>Before each call of a session: nothing, unless a test breaks the device.</summary>
    internal Action BeforeCall { get; set; } = () => { };

    public static bool IsName(string text) => Form().IsMatch(text);

    /// <summary>Whether an error says that the device has failed, not the model or what it was given.</summary>
    internal static bool IsFault(OnnxRuntimeException error) =>
        Array.Exists(FaultWords, words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase))
        && !error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    /// <summary>Waits until the device is free.</summary>
    internal void Enter() => _turns?.Wait();

    internal void Leave() => _turns?.Release();

    public override string ToString() => Name;

    [GeneratedRegex("^cpu:(0|[1-9][0-9]{0,2})$")]
    private static partial Regex Form();
}
