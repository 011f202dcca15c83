using Panda.Stream.Measures;

namespace Panda.Stream.Tests.Measures;

public sealed class PorterStemmerTests
{
    /// <summary>Words of the vocabulary that Porter's own program is published with, each with the stem that it gives: every 45th of 23,532, which all agree.</summary>
    [Fact]
    public void Stems_are_those_of_its_author() =>
        Assert.All(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "measures", "stems.txt")).Select(line => line.Split(' ')),
            pair => Assert.Equal(pair[1], PorterStemmer.Stem(pair[0])));

    /// <summary>The examples of the paper, one for each rule.</summary>
    [Theory]
    [InlineData("caresses caress ponies poni ties ti caress caress cats cat")]
    [InlineData("feed feed agreed agre plastered plaster bled bled motoring motor sing sing")]
    [InlineData("conflated conflat troubled troubl sized size hopping hop tanned tan falling fall hissing hiss fizzed fizz failing fail filing file")]
    [InlineData("happy happi sky sky relational relat conditional condit rational ration valenci valenc digitizer digit conformabli conform")]
    [InlineData("radicalli radic vietnamization vietnam predication predic operator oper feudalism feudal decisiveness decis hopefulness hope")]
    [InlineData("callousness callous formaliti formal sensitiviti sensit sensibiliti sensibl triplicate triplic formative form formalize formal")]
    [InlineData("electriciti electr electrical electr hopeful hope goodness good revival reviv allowance allow inference infer airliner airlin")]
    [InlineData("adjustable adjust defensible defens irritant irrit replacement replac adjustment adjust dependent depend adoption adopt")]
    [InlineData("communism commun activate activ angulariti angular homologous homolog effective effect bowdlerize bowdler")]
    [InlineData("probate probat rate rate cease ceas controll control roll roll as as a a")]
    public void The_rules_do_what_the_paper_says(string words)
    {
        foreach (var pair in words.Split(' ').Chunk(2))
            Assert.Equal(pair[1], PorterStemmer.Stem(pair[0]));
    }
}
