namespace Panda.Stream.Models.Devices;

/// <summary>A device has failed, whatever ran on it: the same work may go well on another.</summary>
public sealed class DeviceException(ModelDevice device, string message, Exception? cause = null) : Exception($"{device}: {message}", cause)
{
    public ModelDevice Device { get; } = device;

    /// <summary>The message without the device's name.</summary>
    public string Reason { get; } = message;
}

/// <summary>No device is left on which models can run; the message says of each why it was given up.</summary>
public sealed class DevicesLostException(string message) : Exception(message);
