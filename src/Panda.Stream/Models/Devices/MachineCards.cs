using Microsoft.ML.OnnxRuntime;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Devices;

/// <summary>A device that the configuration asks for cannot be had on this machine; the message says what lacks.</summary>
public sealed class DeviceMissingException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The cards of a machine, as devices for models.</summary>
/// <param name="driver">Loads NVIDIA's driver.</param>
/// <param name="providerLacks">What keeps ONNX Runtime from running models on cards; null when nothing does.</param>
internal sealed class MachineCards(Func<CudaDriver> driver, Func<string?> providerLacks)
{
    public static MachineCards Real { get; } = new(CudaDriver.Require, CudaProvider.Lacks);

    /// <summary>What <c>resources.devices: auto</c> comes to: the names of all cards; none where models cannot run on any, with the reason where there are cards.</summary>
    public (IReadOnlyList<string> Names, string? Note) Auto()
    {
        IReadOnlyList<CudaDevice> found;
        try
        {
            found = driver().Devices;
        }
        catch (Exception none) when (none is NativeLibraryException or CudaException)
        {
            return ([], null);
        }
        return found.Count > 0 && providerLacks() is { } lacks
            ? ([], $"resources.devices: auto: models run on the CPU and on none of the cards ({string.Join(", ", found)}): {lacks}")
            : ([.. found.Select(card => ModelDevice.NameOfCard(card.Ordinal))], null);
    }

    /// <summary>Opens a card for models.</summary>
    /// <exception cref="DeviceMissingException">There is no such card, or models cannot run on it.</exception>
    public OnnxCudaMemory Open(string name)
    {
        var number = ModelDevice.CardNumber(name);
        try
        {
            var found = driver();
            var device = found.Devices.FirstOrDefault(device => device.Ordinal == number)
                ?? throw new DeviceMissingException($"resources.devices: found no {name}, expected one of the cards that there are: {string.Join(", ", found.Devices.Select(card => $"{ModelDevice.NameOfCard(card.Ordinal)} ({card.Name})").DefaultIfEmpty("none"))}");
            if (providerLacks() is { } lacks)
                throw new DeviceMissingException($"resources.devices: {name}: {lacks}");
            var card = new OnnxCudaMemory(new CudaContext(found, device).CreateStream());
            card.Check();
            return card;
        }
        catch (Exception refused) when (refused is NativeLibraryException or CudaException or OnnxRuntimeException)
        {
            throw new DeviceMissingException($"resources.devices: {name} cannot be used: {refused.Message}", refused);
        }
    }
}
