using Panda.Stream.Captioning;
using Panda.Stream.Models;

namespace Panda.Stream.Tests.Captioning;

public class PostProcessingTests
{
    [Theory]
    [InlineData(" a red ball \n", "A red ball.")]
    [InlineData("Is it red?", "Is it red?")]
    [InlineData("état", "État.")]
    [InlineData("  ", "")]
    public void Steps_are_done_in_order(string text, string expected) =>
        Assert.Equal(expected, PostProcessing.Apply([PostOperation.Strip, PostOperation.Capitalise, PostOperation.FullStop], text));

    [Fact]
    public void Without_steps_nothing_is_done() => Assert.Equal(" as it was ", PostProcessing.Apply([], " as it was "));
}
