using System.Reflection;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Config;
using Panda.Stream.Models.Devices;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Cuda;

namespace Panda.Stream.Tests.Models.Devices;

/// <summary>What a configuration's devices come to on machines with and without cards.</summary>
public class MachineCardsTests
{
    private const string Lacks = "found no libcudnn.so.9";

    private static readonly MachineCards None = new(() => throw new NativeLibraryException("no driver here"), () => null);

    [Fact]
    public void Auto_is_all_cards_or_the_cpu_with_the_reason_where_there_are_cards()
    {
        using var fake = new FakeDriver(devices: 2);
        var driver = fake.Load();
        Assert.Equal(["cuda:0", "cuda:1"], new MachineCards(() => driver, () => null).Auto().Names);
        var (names, note) = new MachineCards(() => driver, () => Lacks).Auto();
        Assert.Empty(names);
        Assert.Equal($"resources.devices: auto: models run on the CPU and on none of the cards (device 0 (Fake 0), device 1 (Fake 1)): {Lacks}", note);
        Assert.Equal((0, null), (None.Auto().Names.Count, None.Auto().Note));

        using var group = DeviceGroup.Of(new ResourcesConfig(), 3, new MachineCards(() => driver, () => Lacks));
        Assert.Equal(note, group.Note);
        Assert.Equal(("cpu:0", 3, false), (Assert.Single(group.Devices).Name, group.Devices[0].Threads, group.Devices[0].IsExclusive));
    }

    [Theory]
    [InlineData("cuda:2", "resources.devices: found no cuda:2, expected one of the cards that there are: cuda:0 (Fake 0), cuda:1 (Fake 1)")]
    [InlineData("cuda:1", $"resources.devices: cuda:1: {Lacks}")]
    public void A_card_that_cannot_be_had_is_told(string name, string message)
    {
        using var fake = new FakeDriver(devices: 2);
        var driver = fake.Load();
        var error = Assert.Throws<DeviceMissingException>(() => DeviceGroup.Of(new ResourcesConfig { Devices = ["cpu:0", name] }, 1, new MachineCards(() => driver, () => Lacks)));
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Without_a_driver_no_card_can_be_had()
    {
        var error = Assert.Throws<DeviceMissingException>(() => DeviceGroup.Of(new ResourcesConfig { Devices = ["cuda:0"] }, 1, None));
        Assert.Equal("resources.devices: cuda:0 cannot be used: no driver here", error.Message);
    }

    [Fact]
    public void What_ONNX_Runtime_says_of_its_provider_is_told()
    {
        Assert.SkipWhen(CudaProvider.Lacks() is null, "ONNX Runtime's provider for cards is here");
        using var fake = new FakeDriver();
        var driver = fake.Load();
        var error = Assert.Throws<DeviceMissingException>(() => new MachineCards(() => driver, () => null).Open("cuda:0"));
        Assert.Matches("^resources.devices: cuda:0 cannot be used: .*CUDA execution provider", error.Message);
    }

    [Theory]
    [InlineData("CUDA failure 700: an illegal memory access was encountered", true, false)]
    [InlineData("CUDA failure 2: out of memory", false, true)]
    [InlineData("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED", false, true)]
    [InlineData("CUDNN failure 4: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED", false, true)]
    [InlineData("BFCArena: Failed to allocate memory for requested buffer of size 4096", false, true)]
    [InlineData("Got invalid dimensions for input", false, false)]
    public void A_fault_of_a_device_and_a_lack_of_memory_are_told_apart(string message, bool isFault, bool isOutOfMemory)
    {
        var error = Refusal(message);
        using var device = new ModelDevice("cuda:0", 1, isExclusive: true);
        Assert.Equal((isFault, isOutOfMemory), (device.Fault(error) is not null, OutOfMemory.IsIn(error)));
    }

    [Fact]
    public void A_card_is_a_device_with_its_memory_and_gives_it_back()
    {
        using var fake = new FakeDriver(devices: 2, memory: 1 << 20);
        var driver = fake.Load();
        var card = new OnnxCudaMemory(new CudaContext(driver, driver.Devices[1]).CreateStream());
        var device = new ModelDevice("cuda:1", 1, isExclusive: true, card);
        Assert.Equal((true, 1L << 20), (device.IsCard, device.FreeBytes));
        using (card.Allocate(TensorElementType.UInt8, 1 << 16))
            Assert.Equal((1 << 20) - (1 << 16), device.FreeBytes);
        Assert.NotEqual(device.Kind, new ModelDevice("cpu:0", 1, isExclusive: true).Kind);
        device.Dispose();
        Assert.Equal(0, fake.Live);
    }

    /// <summary>An error of ONNX Runtime, which the package alone can make.</summary>
    private static OnnxRuntimeException Refusal(string message)
    {
        var constructor = typeof(OnnxRuntimeException).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single();
        return (OnnxRuntimeException)constructor.Invoke([Enum.ToObject(constructor.GetParameters()[0].ParameterType, 1), message]);
    }
}
