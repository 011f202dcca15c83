using System.Runtime.InteropServices;
using Panda.Stream.Kernels;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Tests.Cuda;

/// <summary>The binding against a driver that runs over the machine's memory: what is passed, what lives how long, and what errors say.</summary>
public sealed class CudaTests
{
    private const int OutOfMemory = 2, IllegalAddress = 700;

    [Fact]
    public void The_driver_says_what_it_has()
    {
        using var fake = new FakeDriver(devices: 3, memory: 40L << 30);
        var driver = fake.Load();
        Assert.Equal((12040, "12.4"), (driver.Version, driver.VersionText));
        Assert.Equal(["device 0 (Fake 0)", "device 1 (Fake 1)", "device 2 (Fake 2)"], driver.Devices.Select(device => $"{device}"));
        Assert.All(driver.Devices, device => Assert.Equal((40L << 30, (8, 0), 7), (device.Memory, device.ComputeCapability, device.Multiprocessors)));
    }

    [Fact]
    public void A_driver_that_is_none_or_too_old_or_without_cards_is_refused_with_the_reason()
    {
        using (var old = new FakeDriver(version: 10020))
            Assert.Equal("cuda: found a driver for CUDA 10.2, expected one for 11.0 or later, which knows the kernels' PTX", Assert.Throws<NativeLibraryException>(old.Load).Message);
        using (var none = new FakeDriver(devices: 0))
            Assert.Equal("cuInit: CUDA_ERROR_NO_DEVICE (no CUDA-capable device is detected)", Assert.Throws<CudaException>(none.Load).Message);
        var other = NativeLibrary.Load("libc.so.6");
        Assert.StartsWith("cuda: found a library without cuInit, cuDriverGetVersion, cuGetErrorName, ", Assert.Throws<NativeLibraryException>(() => CudaDriver.Of(other)).Message);
    }

    [Fact]
    public void Bytes_go_to_the_card_and_back_and_to_another_card()
    {
        using var fake = new FakeDriver(devices: 2);
        var driver = fake.Load();
        using (var first = new CudaContext(driver, driver.Devices[0]))
        using (var second = new CudaContext(driver, driver.Devices[1]))
        using (var stream = first.CreateStream())
        using (var other = second.CreateStream())
        using (var done = first.CreateEvent())
        using (var host = first.AllocatePinned(1000))
        using (var back = second.AllocatePinned(1000))
        using (var memory = first.Allocate(1000))
        using (var copy = first.Allocate(900))
        using (var away = second.Allocate(1000))
        {
            Assert.True(second.TryEnablePeer(first));
            Assert.True(second.TryEnablePeer(first)); // once more does no harm
            new Random(1).NextBytes(host.Span);
            back.Span.Clear();
            stream.Fill(copy, 7, 900);
            stream.Upload(host, memory, 1000);
            stream.Copy(memory, copy, 800);
            done.Record(stream);
            other.Wait(done);
            other.Copy(copy, away, 900);
            other.ReadBack(away, back, 900);
            Assert.False(done.IsDone);
            Assert.Equal(0, back.Span[0]);

            other.Synchronize();

            Assert.True(done.IsDone);
            Assert.Equal(host.Span[..800].ToArray(), back.Span[..800].ToArray());
            Assert.All(back.Span[800..900].ToArray(), value => Assert.Equal(7, value));
            Assert.Equal((1 << 30) - 1000 - 900, first.Memory.Free);
            Assert.Throws<ArgumentOutOfRangeException>(() => stream.Upload(host, copy, 1000));
            Assert.StartsWith("found a target on device 1 (Fake 1), expected one on device 0 (Fake 0)", Assert.Throws<ArgumentException>(() => stream.Copy(memory, away, 1)).Message);
        }
        Assert.Equal(0, fake.Live);
    }

    [Fact]
    public void Times_are_told_between_events_that_measure_them()
    {
        using var fake = new FakeDriver();
        using var context = Context(fake);
        using var stream = context.CreateStream();
        using var begin = context.CreateEvent(measuresTime: true);
        using var end = context.CreateEvent(measuresTime: true);
        begin.Record(stream);
        end.Record(stream);
        Assert.Contains("cuEventElapsedTime: CUDA_ERROR_NOT_READY", Assert.Throws<CudaException>(() => end.Since(begin)).Message);
        end.Synchronize();
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), end.Since(begin));
    }

    [Fact]
    public void Whatever_is_in_use_keeps_the_context_until_it_is_released()
    {
        using var fake = new FakeDriver();
        var context = Context(fake);
        var stream = context.CreateStream();
        var module = context.LoadModule("content_score", KernelModules.Ptx("content_score"));
        var memory = context.Allocate(10);
        var pinned = context.AllocatePinned(10);
        var mark = context.CreateEvent();
        Assert.Equal(6, fake.Live);
        context.Dispose();
        Assert.Equal(6, fake.Live);
        stream.Fill(memory, 0, 10);
        stream.Synchronize(); // what has been made can still be used
        foreach (var (owner, left) in new (IDisposable, int)[] { (stream, 5), (module, 4), (pinned, 3), (mark, 2), (memory, 0) })
        {
            owner.Dispose();
            owner.Dispose();
            Assert.Equal(left, fake.Live);
        }
        Assert.Throws<ObjectDisposedException>(() => memory.Pointer);
        Assert.Throws<ObjectDisposedException>(() => context.Allocate(1));
    }

    [Fact]
    public void Memory_that_is_let_go_of_too_early_is_the_drivers_error()
    {
        // So the driver that these tests run against would notice it of ours.
        using var fake = new FakeDriver();
        using var context = Context(fake);
        using var stream = context.CreateStream();
        using var pinned = context.AllocatePinned(10);
        var memory = context.Allocate(10);
        stream.Upload(pinned, memory, 10);
        memory.Dispose();
        var error = Assert.Throws<CudaException>(stream.Synchronize);
        Assert.Equal("cuStreamSynchronize: CUDA_ERROR_ILLEGAL_ADDRESS (an illegal memory access was encountered)", error.Message);
        Assert.True(error.IsDeviceLost);
    }

    [Fact]
    public void Out_of_memory_says_how_much_there_is()
    {
        using var fake = new FakeDriver(memory: 1 << 20);
        using var context = Context(fake);
        using var taken = context.Allocate(1 << 19);
        var error = Assert.Throws<CudaException>(() => context.Allocate(1 << 20));
        Assert.Equal("cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY (out of memory): found 524288 of 1048576 bytes free on device 0 (Fake 0), expected 1048576", error.Message);
        Assert.Equal((true, false), (error.IsOutOfMemory, error.IsDeviceLost));
    }

    [Fact]
    public void Modules_that_the_card_or_the_driver_cannot_take_are_refused_with_the_reason()
    {
        var ptx = KernelModules.Ptx("content_score");
        using (var small = new FakeDriver(capability: 75))
        using (var context = Context(small))
        {
            Assert.EndsWith("module content_score: found device 0 (Fake 0) of compute capability 7.5, expected 8.0 or later", Load(context, ptx));
        }
        using (var old = new FakeDriver(version: 11010))
        using (var context = Context(old))
        {
            context.LoadModule("content_score", ptx).Dispose();
            Assert.Equal("cuModuleLoadDataEx: CUDA_ERROR_UNSUPPORTED_PTX_VERSION (the provided PTX was compiled with an unsupported toolchain.): "
                + "module content_score: found PTX 7.8 and a driver for CUDA 11.1, expected a newer driver", Load(context, ptx.Replace(".version 7.0", ".version 7.8")));
            Assert.EndsWith("module content_score: device 0 (Fake 0) could not take it; the compiler said: ptxas application ptx input, line 1; fatal   : Missing .version directive at start of file", Load(context, "no PTX"));
            Assert.Equal(1, old.Live);
        }

        static string Load(CudaContext context, string ptx) => Assert.Throws<CudaException>(() => context.LoadModule("content_score", ptx)).Message;
    }

    [Fact]
    public void A_kernel_that_is_not_in_the_module_is_named()
    {
        using var fake = new FakeDriver();
        using var context = Context(fake);
        using var module = context.LoadModule("histogram", KernelModules.Ptx("histogram"));
        Assert.Equal("cuModuleGetFunction: CUDA_ERROR_NOT_FOUND (named symbol not found): module histogram: found no kernel 'content_score'",
            Assert.Throws<CudaException>(() => module.Kernel("content_score")).Message);
    }

    [Fact]
    public void A_kernel_that_faults_costs_the_device()
    {
        using var fake = new FakeDriver();
        using var context = Context(fake);
        using var stream = context.CreateStream();
        using var module = context.LoadModule("content_score", KernelModules.Ptx("content_score"));
        fake.Fail("kernel", IllegalAddress);
        module.Kernel("content_score").Launch(stream, (1, 1, 1), ContentScoreArguments.Threads, default(ContentScoreArguments));
        Assert.True(Assert.Throws<CudaException>(stream.Synchronize).IsDeviceLost);
        Assert.True(Assert.Throws<CudaException>(() => context.Allocate(1)).IsDeviceLost);
        var blocks = Assert.Throws<CudaException>(() => module.Kernel("content_score"));
        Assert.Equal(IllegalAddress, blocks.Code);
    }

    [Fact]
    public void Every_call_is_checked_and_named_in_its_error()
    {
        foreach (var call in new[]
        {
            "cuDevicePrimaryCtxRetain", "cuMemGetInfo_v2", "cuStreamCreate", "cuEventCreate", "cuMemAlloc_v2", "cuMemHostAlloc", "cuModuleLoadDataEx", "cuModuleGetFunction",
            "cuMemsetD8Async", "cuMemcpyHtoDAsync_v2", "cuMemcpyDtoDAsync_v2", "cuMemcpyPeerAsync", "cuMemcpyDtoHAsync_v2", "cuLaunchKernel", "cuEventRecord", "cuStreamWaitEvent",
            "cuEventQuery", "cuEventSynchronize", "cuEventElapsedTime", "cuStreamSynchronize", "cuCtxSynchronize", "cuCtxEnablePeerAccess",
        })
        {
            using var fake = new FakeDriver(devices: 2);
            var driver = fake.Load();
            fake.Fail(call, 1);
            var error = Assert.Throws<CudaException>(() => UseAll(driver));
            Assert.StartsWith($"{call}: CUDA_ERROR_INVALID_VALUE (invalid argument)", error.Message);
            Assert.Equal((call, 1), (error.Call, error.Code));
            Assert.Equal(0, fake.Live);
        }

        static void UseAll(CudaDriver driver)
        {
            using var context = new CudaContext(driver, driver.Devices[0]);
            using var second = new CudaContext(driver, driver.Devices[1]);
            _ = context.Memory;
            using var stream = context.CreateStream();
            using var mark = context.CreateEvent(measuresTime: true);
            using var memory = context.Allocate(16);
            using var away = second.Allocate(16);
            using var host = context.AllocatePinned(16);
            using var module = context.LoadModule("content_score", KernelModules.Ptx("content_score"));
            var kernel = module.Kernel("content_score");
            context.TryEnablePeer(second);
            stream.Fill(memory, 0, 16);
            stream.Upload(host, memory, 16);
            stream.Copy(memory, memory, 16);
            stream.Copy(away, memory, 16);
            stream.ReadBack(memory, host, 16);
            mark.Record(stream);
            stream.Wait(mark);
            _ = mark.IsDone;
            mark.Synchronize();
            mark.Since(mark);
            stream.Synchronize();
            context.Synchronize();
            kernel.Launch(stream, (1, 1, 1), ContentScoreArguments.Threads, default(ContentScoreArguments));
        }
    }

    internal static CudaContext Context(FakeDriver fake)
    {
        var driver = fake.Load();
        return new(driver, driver.Devices[0]);
    }
}
