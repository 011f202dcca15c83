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

    [Theory]
    [InlineData(0, OnnxErrorCode.InvalidProtobuf)]
    [InlineData(5000, OnnxErrorCode.InvalidProtobuf)]
    public void A_truncated_file_is_refused_with_the_librarys_words(int length, OnnxErrorCode expected)
    {
        var file = Path.GetTempFileName();
        File.WriteAllBytes(file, File.ReadAllBytes(Model)[..length]);
        var error = Assert.Throws<OnnxRuntimeException>(() => OnnxSession.Open(file));
        Assert.True(error.Code == expected || error.Message.Contains("Protobuf", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("ModelProto"), $"{error.Code}: {error.Message}");
        File.Delete(file);
    }

    [Fact]
    public void A_wrong_shape_is_refused_with_the_librarys_words()
    {
        using var session = OnnxSession.Open(Model);
        using var input = OnnxValue.Allocate<float>(1, 3, 8, 8);
        var error = Assert.Throws<OnnxRuntimeException>(() => session.Run([new("pixel_values", input)], "embedding"));
        Assert.Equal(OnnxErrorCode.InvalidArgument, error.Code);
        Assert.Contains("pixel_values", error.Message);
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
