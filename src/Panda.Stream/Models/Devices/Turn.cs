namespace Panda.Stream.Models.Devices;

/// <summary>A model on a device.</summary>
internal sealed class Replica(ModelDevice device, int deviceIndex)
{
    public ModelDevice Device { get; } = device;

    public int DeviceIndex { get; } = deviceIndex;

    /// <summary>A running mean; null before the first call. The group's.</summary>
    public double? SecondsPerItem { get; set; }
}

/// <summary>A batch in a device's queue.</summary>
/// <param name="expected">Seconds that it will take, by what is known of its model there.</param>
internal sealed class Turn(Replica replica, int items, double expected)
{
    public Replica Replica { get; } = replica;

    public int Items { get; } = items;

    public double Expected { get; } = expected;

    /// <summary>When the device began with it; null while it waits.</summary>
    public long? Begun { get; set; }
}
