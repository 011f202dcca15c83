using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Tests.OnnxRuntime;

public class OnnxValueTests
{
    [Fact]
    public void Tensors_have_type_shape_and_their_own_memory_which_is_given_back()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        for (var round = 0; round < 64; round++)
        {
            using var value = OnnxValue.Allocate<long>(4, 8, 1 << 15); // 8 MiB: half a gigabyte, were nothing released
            Assert.Equal(TensorElementType.Int64, value.ElementType);
            Assert.Equal([4, 8, 1 << 15], value.Shape.ToArray());
            var data = value.Data<long>();
            Assert.Equal(1 << 20, data.Length);
            data.Fill(round);
            Assert.Equal(round, value.Data<long>()[^1]);
        }
        process.Refresh();
        Assert.InRange(process.WorkingSet64 - before, long.MinValue, 1L << 28);
    }

    [Fact]
    public void A_type_that_is_not_the_tensors_own_is_refused()
    {
        using var value = OnnxValue.Allocate<float>(2);
        Assert.Equal("found a tensor of Float, expected Int64", Assert.Throws<InvalidOperationException>(() => value.Data<long>().Length).Message);
    }
}
