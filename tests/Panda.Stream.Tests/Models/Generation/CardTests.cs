using Panda.Stream.Config;
using Panda.Stream.Models;
using Panda.Stream.Models.Devices;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Models.Generation;

/// <summary>What only a machine with a card can show.</summary>
public class CardTests
{
    [Theory]
    [InlineData("growing.yaml"), InlineData("card.yaml")]
    public void A_card_writes_what_the_CPU_writes(string file)
    {
        Assert.SkipWhen(MachineCards.Real.Auto().Names.Count == 0, "found no card on which models can run: ./panda devices tells what lacks");
        using var devices = DeviceGroup.Of(new ResourcesConfig { Devices = ["cuda:0"] }, 1);
        var card = TinyModels.Variant("shared", file, "{max_new: 24, min_new: 2, eos: [2]}", "{max_new: 24, eos: [7, 33, 60, 150, 201, 250, 300]}");
        var expected = CardTextTests.Write(card, ModelOptions.Default);
        var found = CardTextTests.Write(card, new ModelOptions { Device = devices.Devices[0] });
        // It rounds otherwise, so that a token that was all but another may be that other.
        Assert.True(expected.Zip(found).Count(pair => pair.First == pair.Second) > expected.Length / 2, string.Join('\n', found));
    }
}
