using Microsoft.ML.OnnxRuntime;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.OnnxRuntime;

public class OnnxBindingTests
{
    [Fact]
    public void Inputs_stay_bound_and_each_run_gives_outputs_of_its_own()
    {
        using var session = OnnxSession.Open(TinyModels.PathOf("embedder", "image.onnx"));
        using var binding = new OnnxBinding(session);
        using var input = OnnxValue.Allocate<float>(2, 3, 16, 16);
        input.Data<float>().Fill(0.5f);
        binding.Input("pixel_values", input);
        binding.Output("embedding", OnnxMemory.Host);
        using var first = Assert.Single(binding.Run());
        var before = first.Data<float>().ToArray();
        input.Data<float>().Fill(-0.5f); // the same memory, read anew
        using var second = Assert.Single(binding.Run());
        Assert.Equal(before, first.Data<float>().ToArray());
        Assert.NotEqual(before, second.Data<float>().ToArray());
        using var other = OnnxValue.Allocate<float>(1, 3, 16, 16);
        other.Data<float>().Fill(0.5f);
        binding.Input("pixel_values", other);
        using var third = Assert.Single(binding.Run());
        Assert.Equal([1, 8], third.Shape.ToArray());
    }

    [Fact]
    public void An_output_is_written_into_the_memory_that_is_bound_to_it()
    {
        using var session = OnnxSession.Open(TinyModels.PathOf("embedder", "image.onnx"));
        using var binding = new OnnxBinding(session);
        using var input = OnnxValue.Allocate<float>(2, 3, 16, 16);
        input.Data<float>().Fill(0.5f);
        using var buffer = OnnxValue.Allocate<float>(5, 8);
        buffer.Data<float>().Fill(9);
        using var view = buffer.View(2, 8);
        binding.Input("pixel_values", input);
        binding.Output("embedding", view);
        foreach (var value in binding.Run())
            value.Dispose();
        Assert.Equal(1, buffer.Data<float>()[..8].ToArray().Sum(x => x * x), 4);
        Assert.All(buffer.Data<float>()[16..].ToArray(), x => Assert.Equal(9, x));
        Assert.Throws<OnnxRuntimeException>(() => buffer.View(6, 8)); // larger than what it shows
        Assert.Contains("'pixels'", Assert.Throws<ArgumentException>(() => binding.Input("pixels", input)).Message);
    }

    [Fact]
    public void A_view_keeps_its_memory_alive()
    {
        var value = OnnxValue.Allocate<int>(4);
        value.Data<int>()[3] = 7;
        var view = value.View(2, 2);
        value.Dispose();
        Assert.Equal(7, view.Data<int>()[3]);
        view.Dispose();
        view.Dispose();
    }
}
