using Microsoft.ML.OnnxRuntime;
using Panda.Stream.Models;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.OnnxRuntime;

public class OnnxSessionTests
{
    private static readonly string Model = TinyModels.PathOf("embedder", "image.onnx");

    [Fact]
    public void A_run_gives_the_outputs_asked_for()
    {
        using var session = OnnxSession.Open(Model);
        using var input = OnnxValue.Allocate<float>(3, 3, 16, 16);
        for (var i = 0; i < input.Data<float>().Length; i++)
            input.Data<float>()[i] = MathF.Sin(i);
        using var output = Assert.Single(session.Run([new("pixel_values", input)], "embedding"));
        Assert.Equal([3, 8], output.Shape.ToArray());
        for (var row = 0; row < 3; row++)
            Assert.Equal(1, output.Data<float>().Slice(8 * row, 8).ToArray().Sum(x => x * x), 5); // the graph ends in a norm
    }

    [Fact]
    public void Names_types_and_shapes_are_the_models()
    {
        using var session = OnnxSession.Open(TinyModels.PathOf("teacher", "decoder.onnx"));
        Assert.Equal(7, session.Inputs.Count);
        Assert.Equal(5, session.Outputs.Count);
        Assert.Equal("inputs_embeds: Float [batch, sequence, 16]", session.Inputs[0].ToString());
        Assert.Equal("attention_mask: Int64 [batch, total]", session.Inputs[1].ToString());
        Assert.Equal("past_key_values.1.value: Float [batch, 2, past, 8]", session.Inputs[6].ToString());
        Assert.Equal("logits", session.Outputs[0].Name);
        Assert.Equal("present.1.value", session.Outputs[4].Name);
    }

    [Fact]
    public void A_file_that_is_missing_is_named() =>
        Assert.Matches("NoSuchFile.*/no/such.onnx", Assert.Throws<OnnxRuntimeException>(() => OnnxSession.Open("/no/such.onnx")).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(5000)]
    public void A_truncated_file_is_refused_with_the_librarys_words(int length)
    {
        using var folder = new TemporaryFolder();
        folder.Write("half.onnx", File.ReadAllBytes(Model).AsSpan(0, length));
        var error = Assert.Throws<OnnxRuntimeException>(() => OnnxSession.Open(folder.File("half.onnx")));
        Assert.Matches("(?i)protobuf|ModelProto", error.Message);
    }

    [Fact]
    public void A_wrong_shape_is_refused_with_the_librarys_words()
    {
        using var session = OnnxSession.Open(Model);
        using var input = OnnxValue.Allocate<float>(1, 3, 8, 8);
        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run([new("pixel_values", input)], "embedding"));
        Assert.Matches("InvalidArgument.*pixel_values", error.Message);
    }

    [Fact]
    public void An_unknown_tensor_is_refused_by_name()
    {
        using var session = OnnxSession.Open(Model);
        using var input = OnnxValue.Allocate<float>(1, 3, 16, 16);
        Assert.Contains("'pixels'", Assert.Throws<ArgumentException>(() => session.Run([new("pixels", input)], "embedding")).Message);
    }

    [Fact]
    public void A_disposed_session_or_value_is_refused_not_followed()
    {
        var session = OnnxSession.Open(Model);
        var input = OnnxValue.Allocate<float>(1, 3, 16, 16);
        input.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run([new("pixel_values", input)], "embedding"));
        Assert.Throws<ObjectDisposedException>(() => input.Data<float>().Length);
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run([], "embedding"));
    }

    [Fact]
    public async Task A_session_that_is_disposed_during_a_run_ends_after_it()
    {
        // A black picture is what it never comes to an end with.
        using var session = SickModels.EndlessEmbedder().Open("image", ModelOptions.Default);
        using var input = OnnxValue.Allocate<float>(1, 3, 16, 16);
        input.Data<float>().Fill(-2);
        var begun = new TaskCompletionSource<OnnxCall>();
        var run = Task.Run(() =>
        {
            using var call = OnnxCall.Begin();
            begun.SetResult(call);
            session.Run([new("pixel_values", input)], "embedding");
        }, TestContext.Current.CancellationToken);
        var running = await begun.Task;
        await Task.Delay(200, TestContext.Current.CancellationToken);
        session.Dispose();
        input.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Run([], "embedding"));
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
        running.Terminate();
        await Assert.ThrowsAsync<OnnxRuntimeException>(() => run);
    }

    [Fact]
    public void Several_threads_may_run_one_session()
    {
        using var session = OnnxSession.Open(Model, intraOpThreads: 2);
        var sums = new float[16];
        Parallel.For(0, sums.Length, i =>
        {
            using var input = OnnxValue.Allocate<float>(1, 3, 16, 16);
            input.Data<float>().Fill(0.25f);
            using var output = session.Run([new("pixel_values", input)], "embedding")[0];
            sums[i] = output.Data<float>()[0];
        });
        Assert.Single(sums.Distinct());
    }
}
