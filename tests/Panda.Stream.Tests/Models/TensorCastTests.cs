using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Models;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Tests.Models;

public class TensorCastTests
{
    [Fact]
    public void Floats_go_through_16_bits_and_back()
    {
        using var value = OnnxValue.Allocate<float>(2, 2);
        new[] { 1f, -0.5f, 70000f, 1e-8f }.CopyTo(value.Data<float>());
        using var half = value.To(TensorElementType.Float16);
        using var back = half.To(TensorElementType.Float);
        Assert.Equal([1f, -0.5f, float.PositiveInfinity, 0f], back.Data<float>().ToArray());
        using var brain = value.To(TensorElementType.BFloat16);
        using var wide = brain.To(TensorElementType.Float);
        Assert.Equal([1f, -0.5f, 70144f], wide.Data<float>()[..3].ToArray());
        using var across = brain.To(TensorElementType.Float16);
        Assert.Equal((Half)(-0.5f), across.Data<Half>()[1]);
    }

    [Fact]
    public void Integers_become_narrower_or_truth_values_and_other_types_are_refused()
    {
        using var value = OnnxValue.Allocate<long>(3);
        new[] { 0L, 5, -7 }.CopyTo(value.Data<long>());
        using var narrow = value.To(TensorElementType.Int32);
        Assert.Equal([0, 5, -7], narrow.Data<int>().ToArray());
        using var truth = value.To(TensorElementType.Bool);
        Assert.Equal([false, true, true], truth.Data<bool>().ToArray());
        using var again = truth.To(TensorElementType.Int64);
        Assert.Equal([0L, 1, 1], again.Data<long>().ToArray());
        Assert.Equal("found a tensor of Int64, expected one that can be given as Float", Assert.Throws<ArgumentException>(() => value.To(TensorElementType.Float)).Message);
    }
}
