using System.Runtime.Versioning;
using System.Text;
using Panda.Stream.Models;
using Panda.Stream.Selection.Calibration;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Selection.Calibration;

public class CardThresholdTests
{
    private static string CardWith(string score)
    {
        var card = Path.Combine(TinyModels.Copy("matcher"), "card.yaml");
        var lines = File.ReadAllLines(card).Where(line => !line.StartsWith("score:", StringComparison.Ordinal));
        File.WriteAllText(card, $"# a remark: threshold: 0.1\n{string.Join('\n', lines)}\n{score}\n# the end, ä\n");
        Assert.NotNull(LoadedCard.Load(card));
        return card;
    }

    [Theory]
    [InlineData("score: {expression: itm_softmax, threshold: 0.43}  # calibrated", "score: {expression: itm_softmax, threshold: 0.615}  # calibrated")]
    [InlineData("score: {threshold: +1.5e-3, expression: itm_softmax}", "score: {threshold: 0.615, expression: itm_softmax}")]
    [InlineData("score:\n  expression: itm_softmax\n  threshold:   0.7 # why", "score:\n  expression: itm_softmax\n  threshold:   0.615 # why")]
    [InlineData("score: {threshold: 0, expression: itm_softmax}\r", "score: {threshold: 0.615, expression: itm_softmax}\r")]
    [InlineData("score: {expression: itm_softmax}  # calibrated", "score: {expression: itm_softmax, threshold: 0.615}  # calibrated")]
    [InlineData("score:\n  expression: 'itm_softmax' # why", "score:\n  expression: 'itm_softmax' # why\n  threshold: 0.615")]
    [InlineData("\"score\": {\"expression\": \"itc\"}", "\"score\": {\"expression\": \"itc\", threshold: 0.615}")]
    [SupportedOSPlatform("linux")]
    public void Nothing_changes_but_the_number(string before, string after)
    {
        var card = CardWith(before);
        var text = File.ReadAllText(card);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(card, mode);
        CardThreshold.Write(card, 0.615);
        Assert.Equal(mode, File.GetUnixFileMode(card));
        Assert.Equal(text.Replace(before, after), File.ReadAllText(card));
        Assert.Equal(0.615, LoadedCard.Load(card).Card.Score!.Threshold);
    }

    [Fact]
    public void A_byte_order_mark_stays()
    {
        var card = CardWith("score: {expression: itm_softmax, threshold: 0.43}");
        File.WriteAllText(card, File.ReadAllText(card), new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        CardThreshold.Write(card, 0.5);
        Assert.Equal([0xEF, 0xBB, 0xBF], File.ReadAllBytes(card)[..3]);
        Assert.Equal(0.5, LoadedCard.Load(card).Card.Score!.Threshold);
    }

    [Fact]
    public void What_cannot_be_changed_alone_is_refused_and_stays()
    {
        var card = CardWith("score: {expression: itm_softmax, threshold: &t 0.43}\nprovenance: {least: *t}");
        var text = File.ReadAllText(card);
        Assert.Contains("score.threshold: found a value that cannot be changed alone, expected a plain number such as 0.43",
            Assert.Throws<ModelCardException>(() => CardThreshold.Write(card, 0.5)).Message);
        Assert.Equal(text, File.ReadAllText(card));
    }

    [Fact]
    public void A_card_of_another_kind_is_refused() =>
        Assert.Contains("found no key 'score', expected the card of a matcher",
            Assert.Throws<ModelCardException>(() => CardThreshold.Write(TinyModels.PathOf("teacher"), 0.5)).Message);
}
