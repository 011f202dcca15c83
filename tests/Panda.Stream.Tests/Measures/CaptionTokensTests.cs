using Panda.Stream.Measures;

namespace Panda.Stream.Tests.Measures;

public sealed class CaptionTokensTests
{
    [Theory]
    [InlineData("A man is playing a guitar.", "a man is playing a guitar")]
    [InlineData("The dog's ball, the dogs' ball!", "the dog 's ball the dogs ball")]
    [InlineData("It doesn't; they’re here, I'd say we can't, you cannot.", "it does n't they 're here i 'd say we ca n't you can not")]
    [InlineData("a black-and-white photo - of \"cars\" (two) at 10:30 p.m.", "a black-and-white photo of cars two at 10:30 p.m.")]
    [InlineData("Mr. Fox pays $1,000.50 & gets 50% off...", "mr. fox pays $ 1,000.50 & gets 50 % off")]
    [InlineData("ein Mädchen im Café", "ein mädchen im café")]
    [InlineData(" \t. ", "")]
    public void Captions_are_cut_as_the_Penn_Treebank_does(string caption, string expected) =>
        Assert.Equal(expected, string.Join(' ', CaptionTokens.Of(caption)));
}
