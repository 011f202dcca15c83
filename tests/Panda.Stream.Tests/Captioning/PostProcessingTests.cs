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
        Assert.Equal(expected, PostProcessing.Apply(Operations(PostOperation.Strip, PostOperation.Capitalise, PostOperation.FullStop), text));

    [Fact]
    public void Without_steps_nothing_is_done() => Assert.Equal(" as it was ", PostProcessing.Apply([], " as it was "));

    [Theory]
    [InlineData("###", PostPart.First, "a ball###Human: b###c", "a ball")]
    [InlineData("Assistant:", PostPart.Last, "Human: x Assistant: a Assistant: b", " b")]
    [InlineData("###", PostPart.Last, "no split", "no split")]
    public void A_split_keeps_its_first_or_last_part(string at, PostPart keep, string text, string expected) =>
        Assert.Equal(expected, PostProcessing.Apply([new PostCard { SplitAt = at, Keep = keep }], text));

    private static PostCard[] Operations(params PostOperation[] operations) => Array.ConvertAll(operations, operation => new PostCard { Op = operation });
}
