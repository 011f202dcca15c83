using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Tests.Cuda;

public class CudaPoolTests
{
    [Fact]
    public void The_last_lease_gives_a_block_back_and_the_stream_uses_it_again()
    {
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var pool = stream.CreatePool())
        {
            var lease = pool.Rent(5000);
            var (pointer, shared) = (lease.Block.Pointer, lease.Share());
            Assert.Equal(8192, lease.Block.Bytes);
            lease.Dispose();
            lease.Dispose();
            Assert.Throws<ObjectDisposedException>(() => lease.Block);
            Assert.Throws<ObjectDisposedException>(lease.Share);
            Assert.Equal((pointer, 0L), (shared.Block.Pointer, pool.IdleBytes));
            using (var other = pool.Rent(5000))
                Assert.NotEqual(pointer, other.Block.Pointer);
            shared.Dispose();
            Assert.Equal(2 * 8192, pool.IdleBytes);
            using var again = pool.Rent(8192);
            using var third = pool.Rent(4097);
            Assert.Equal(0, pool.IdleBytes);
        }
        Assert.Equal(0, fake.Live);
    }

    [Fact]
    public void Pinned_memory_is_used_again_only_once_the_stream_has_come_past()
    {
        using var fake = new FakeDriver();
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var pool = stream.CreatePinnedPool())
        using (var memory = context.Allocate(100))
        {
            var lease = pool.Rent(100);
            var pointer = lease.Block.Pointer;
            stream.Upload(lease.Block, memory, 100);
            lease.Dispose();
            using (var other = pool.Rent(100))
                Assert.NotEqual(pointer, other.Block.Pointer);
            stream.Synchronize();
            using var again = pool.Rent(100);
            Assert.Equal(pointer, again.Block.Pointer);
        }
        Assert.Equal(0, fake.Live);
    }

    [Fact]
    public void What_is_idle_is_freed_before_the_card_is_called_full()
    {
        using var fake = new FakeDriver(memory: 1 << 20);
        using (var context = CudaTests.Context(fake))
        using (var stream = context.CreateStream())
        using (var pool = stream.CreatePool())
        {
            pool.Rent(1 << 19).Dispose();
            Assert.Equal(1 << 19, pool.IdleBytes);
            using var all = pool.Rent(1 << 20);
            Assert.Equal(0, pool.IdleBytes);
            Assert.True(Assert.Throws<CudaException>(() => pool.Rent(1)).IsOutOfMemory);
        }
        Assert.Equal(0, fake.Live);
    }

    [Fact]
    public void A_pool_that_is_disposed_first_leaves_what_is_leased_alive()
    {
        using var fake = new FakeDriver();
        var context = CudaTests.Context(fake);
        var stream = context.CreateStream();
        var pool = stream.CreatePool();
        var lease = pool.Rent(1);
        pool.Rent(1).Dispose();
        pool.Dispose();
        stream.Dispose();
        context.Dispose();
        Assert.Equal(2, fake.Live); // the block and, through it, the context
        Assert.Throws<ObjectDisposedException>(() => pool.Rent(1));
        lease.Dispose();
        Assert.Equal(0, fake.Live);
    }
}
