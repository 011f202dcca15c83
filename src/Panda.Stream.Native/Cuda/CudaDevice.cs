using System.Runtime.InteropServices;

namespace Panda.Stream.Native.Cuda;

/// <summary>A card as the driver describes it.</summary>
/// <param name="Ordinal">Its number, from 0.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="ComputeCapability">Major and minor.</param>
public sealed unsafe record CudaDevice(int Ordinal, string Name, long Memory, (int Major, int Minor) ComputeCapability, int Multiprocessors)
{
    private const int MultiprocessorCount = 16, CapabilityMajor = 75, CapabilityMinor = 76; // CUdevice_attribute
    private const int NameBytes = 256;

    /// <summary>The driver's handle, which is no pointer and is not released.</summary>
    internal int Handle { get; private init; }

    public override string ToString() => $"device {Ordinal} ({Name})";

    internal static CudaDevice Read(CudaDriver driver, int ordinal)
    {
        var api = driver.Api;
        int device;
        driver.Check("cuDeviceGet", api.DeviceGet(&device, ordinal));
        var name = stackalloc byte[NameBytes];
        driver.Check("cuDeviceGetName", api.DeviceGetName(name, NameBytes, device));
        nuint memory;
        driver.Check("cuDeviceTotalMem_v2", api.DeviceTotalMem(&memory, device));
        return new(ordinal, Marshal.PtrToStringUTF8((nint)name)!, (long)memory, (Attribute(driver, device, CapabilityMajor), Attribute(driver, device, CapabilityMinor)), Attribute(driver, device, MultiprocessorCount)) { Handle = device };
    }

    private static int Attribute(CudaDriver driver, int device, int attribute)
    {
        int value;
        driver.Check("cuDeviceGetAttribute", driver.Api.DeviceGetAttribute(&value, attribute, device));
        return value;
    }
}
