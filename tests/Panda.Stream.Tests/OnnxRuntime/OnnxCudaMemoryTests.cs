using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Cuda;

namespace Panda.Stream.Tests.OnnxRuntime;

/// <summary>Tensors on a card, which is one of the tests' own driver: its memory is the machine's, and work is done only when somebody waits.</summary>
public sealed class OnnxCudaMemoryTests : IDisposable
{
    private readonly FakeDriver _driver = new(memory: 1 << 20);
    private readonly CudaContext _context;
    private readonly CudaStream _stream;
    private readonly OnnxCudaMemory _memory;

    public OnnxCudaMemoryTests()
    {
        var driver = _driver.Load();
        _context = new(driver, driver.Devices[0]);
        _stream = _context.CreateStream();
        _memory = new(_stream);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _stream.Dispose();
        _context.Dispose();
        Assert.Equal(0, _driver.Live);
        _driver.Dispose();
    }

    [Fact]
    public void A_tensor_lies_on_the_card_and_is_given_back_with_its_last_view()
    {
        var value = _memory.Allocate(TensorElementType.Int32, 3, 2);
        Assert.Same(_memory, value.Memory);
        Assert.Equal([3, 2], value.Shape.ToArray());
        Assert.StartsWith("found a tensor in the memory of device 0 (Fake 0), expected one in the machine's", Assert.Throws<InvalidOperationException>(() => value.Data<int>().Length).Message);
        Assert.Throws<InvalidOperationException>(() => value.Bytes().Length);
        value.Clear();
        var view = value.View(2, 2);
        value.Dispose();
        using var another = _memory.Allocate(TensorElementType.Int32, 3, 2); // not in the place of what the view shows
        Fill(another, 7);
        using (var host = view.ToHost())
            Assert.Equal([0, 0, 0, 0], host.Data<int>().ToArray());
        view.Dispose();
        using var empty = _memory.Allocate(TensorElementType.Float16, 2, 4, 0, 8);
        Assert.Equal([2, 4, 0, 8], empty.Shape.ToArray());
        empty.Clear();
        using var none = empty.Gather([1, 0, 1]);
        Assert.Equal([3, 4, 0, 8], none.Shape.ToArray());
    }

    [Fact]
    public void Rows_are_gathered_and_moved_on_the_card_as_in_the_machines_memory()
    {
        using var host = OnnxValue.Allocate<int>(4, 3);
        for (var i = 0; i < 12; i++)
            host.Data<int>()[i] = i;
        using var card = ToCard(host);
        foreach (var rows in new[] { new[] { 3, 0, 0, 2, 1 }, [2] })
        {
            using var expected = host.Gather(rows);
            using var gathered = card.Gather(rows);
            _memory.Wait();
            using var found = gathered.ToHost();
            Assert.Equal(expected.Data<int>().ToArray(), found.Data<int>().ToArray());
        }
        host.MoveUp([1, 3]);
        card.MoveUp([1, 3]);
        using var moved = card.ToHost();
        Assert.Equal([3, 4, 5, 9, 10, 11, 6, 7, 8, 9, 10, 11], host.Data<int>().ToArray());
        Assert.Equal(host.Data<int>().ToArray(), moved.Data<int>().ToArray());
    }

    [Fact]
    public void A_card_that_is_full_says_so()
    {
        using var most = _memory.Allocate(TensorElementType.UInt8, 1 << 20);
        var error = Assert.Throws<CudaException>(() => _memory.Allocate(TensorElementType.Float, 100));
        Assert.True(error.IsOutOfMemory);
        Assert.Contains("found 0 of 1048576 bytes free on device 0 (Fake 0), expected 4096", error.Message);
    }

    private void Fill(OnnxValue value, byte with)
    {
        _stream.Fill(PointerOf(value), with, value.ByteCount);
        _memory.Wait();
    }

    private OnnxValue ToCard(OnnxValue host)
    {
        var value = _memory.Allocate(host.ElementType, host.Shape);
        using var staged = _context.AllocatePinned(host.ByteCount);
        host.Bytes().CopyTo(staged.Span);
        using var room = _context.Allocate(host.ByteCount);
        _stream.Upload(staged, room, host.ByteCount);
        _stream.Copy(room.Pointer, PointerOf(value), host.ByteCount);
        _memory.Wait();
        return value;
    }

    private static unsafe nint PointerOf(OnnxValue value)
    {
        fixed (byte* data = value.Value.GetTensorMutableRawData())
            return (nint)data;
    }
}
