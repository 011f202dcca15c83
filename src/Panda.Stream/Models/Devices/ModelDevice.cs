using System.Globalization;
using System.Text.RegularExpressions;
using Panda.Stream.Kernels;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Devices;

/// <summary>A place where models run: so many of the machine's cores, or a card.</summary>
/// <param name="name">Such as <c>cpu:0</c>.</param>
/// <param name="threads">Threads of each call of a session.</param>
/// <param name="isExclusive">Whether it runs one call at a time, so that its threads are all that it takes; else models run side by side.</param>
/// <param name="card">The memory of the card that it is, which it owns; null where it is none.</param>
public sealed partial class ModelDevice(string name, int threads, bool isExclusive, OnnxCudaMemory? card = null) : IDisposable
{
    /// <summary>What a device may be called.</summary>
    public const string NameForm = "cpu:N or cuda:N with N from 0 to 999";

    private const string CardPrefix = "cuda:";

    // Of a card whose context is lost every call says so, in these words; a lack of memory is not the device's fault.
    private static readonly string[] FaultWords = ["CUDA failure", "CUDA error", "CUBLAS failure", "CUDNN failure"];

    private readonly SemaphoreSlim? _turns = isExclusive ? new(1) : null;
    private readonly (CudaWork? Work, string? Lack) _kernels = card is null ? default : OpenKernels(card.Stream);

    public string Name { get; } = name;

    public int Threads { get; } = threads;

    /// <summary>Whether models run on it one after another.</summary>
    internal bool IsExclusive { get; } = isExclusive;

    internal bool IsCard => card is not null;

    /// <summary>Where its sessions work.</summary>
    internal OnnxMemory Memory => card ?? OnnxMemory.Host;

    /// <summary>Kernels for what its sessions leave there; null where it is no card, or one that they are not for.</summary>
    internal CudaWork? Kernels => _kernels.Work;

    /// <summary>Why a card has no kernels.</summary>
    internal string? KernelsLack => _kernels.Lack;

    /// <summary>Bytes that models may still take; of the machine's memory any.</summary>
    internal long FreeBytes => card?.Stream.Context.Memory.Free ?? long.MaxValue;

    /// <summary>Devices of one kind take the same time and memory for the same work.</summary>
    internal object Kind => card?.Stream.Context.Device is { } device ? (device.Name, device.Memory, device.ComputeCapability) : "cpu";

    /// <summary>Before each call of a session: nothing, unless a test breaks the device.</summary>
    internal Action BeforeCall { get; set; } = () => { };

    public static bool IsName(string text) => Form().IsMatch(text);

    /// <summary>The number of the card that is called so; null when it is a CPU.</summary>
    internal static int? CardNumber(string name) => name.StartsWith(CardPrefix, StringComparison.Ordinal) ? int.Parse(name.AsSpan(CardPrefix.Length), CultureInfo.InvariantCulture) : null;

    internal static string NameOfCard(int number) => $"{CardPrefix}{number}";

    /// <summary>What to throw for an error which says that the device has failed, not the model or what it was given; null for any other.</summary>
    internal DeviceException? Fault(Exception error) => !OutOfMemory.IsIn(error)
        && (error is CudaException || (error is OnnxRuntimeException && Array.Exists(FaultWords, words => error.Message.Contains(words, StringComparison.OrdinalIgnoreCase))))
            ? new(this, error.Message, error) : null;

    /// <summary>Waits until the device is free.</summary>
    internal void Enter() => _turns?.Wait();

    internal void Leave() => _turns?.Release();

    /// <summary>After the models on it.</summary>
    public void Dispose()
    {
        _turns?.Dispose();
        Kernels?.Dispose();
        if (card is null)
            return;
        card.Dispose();
        card.Stream.Dispose();
        card.Stream.Context.Dispose();
    }

    public override string ToString() => Name;

    private static (CudaWork? Work, string? Lack) OpenKernels(CudaStream stream)
    {
        var work = new CudaWork(stream);
        try
        {
            work.Load(SampleTokensArguments.Module, LpipsTilesArguments.Module, SmallFramesFloat.Module);
            return (work, null);
        }
        catch (CudaException refused)
        {
            work.Dispose();
            return (null, refused.Message);
        }
    }

    [GeneratedRegex("^(cpu|cuda):(0|[1-9][0-9]{0,2})$")]
    private static partial Regex Form();
}
