using System.Text.Json;
using Panda.Stream.Config;
using Panda.Stream.Graph;
using Panda.Stream.Models;
using Panda.Stream.Models.Devices;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Graph;

/// <summary>Whole runs on several devices: shards are the same to the byte, whatever the devices and whatever becomes of them.</summary>
public sealed class DevicesTests : IDisposable
{
    private readonly SmallRuns _runs = new();
    private readonly PipelineConfig _plain;
    private readonly SortedDictionary<string, string> _expected;

    public DevicesTests()
    {
        _plain = _runs.Config with { Coherence = new() { Model = "mini-lpips", PerSecond = 5 } };
        var (report, _, _) = _runs.RunAsync("plain", _plain).GetAwaiter().GetResult();
        Assert.Empty(report.Mismatches());
        Assert.Empty(report.Devices);
        _expected = _runs.Shards("plain");
    }

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3)]
    public async Task Rows_do_not_depend_on_the_devices(int devices)
    {
        var (report, _, _) = await _runs.RunAsync("out", On(devices));
        Assert.Empty(report.Mismatches());
        Assert.Equal(_expected, _runs.Shards("out"));
        Assert.Equal(devices, report.Devices.Count);
        Assert.All(report.Devices, device => Assert.True(device is { Fault: null, Threads: > 0 }, $"{device}"));
        // Which device does what hangs on measured times, but together they do it all.
        var calls = report.ModelCalls.Values.Sum(model => model.Calls);
        Assert.InRange(report.Devices.Sum(device => device.Calls), 1, calls);
        Assert.True(report.Devices.Sum(device => device.Items) >= report.Devices.Sum(device => device.Calls));
        Assert.Contains(report.Devices, device => device.BusySeconds > 0);
    }

    [Fact]
    public async Task A_model_that_is_pinned_runs_there_alone()
    {
        IReadOnlyList<string>? placement = null;
        var config = On(2, new() { ["second"] = "cpu:1", ["teacher"] = "cpu:1", ["embedder"] = "cpu:1", ["mini-lpips"] = "cpu:1", ["matcher"] = "cpu:0" });
        await _runs.RunAsync("out", config, loaded: models => placement = [.. models.Placement]);
        Assert.Equal(_expected, _runs.Shards("out"));
        Assert.Matches(@"^cpu:0 \(\d+ threads?\): matcher$", placement![0]);
        Assert.Matches(@"^cpu:1 \(\d+ threads?\): embedder, mini-lpips, teacher, second$", placement[1]);
    }

    [Fact]
    public async Task A_card_may_pin_its_model_unless_the_configuration_does()
    {
        var card = Path.Combine(_runs.Models, "second", "card.yaml");
        File.AppendAllText(card, "\non: cpu:1\n");
        IReadOnlyList<string>? placement = null;
        await _runs.RunAsync("out", On(2), loaded: models => placement = [.. models.Placement]);
        Assert.Equal((false, true), (placement![0].Contains("second", StringComparison.Ordinal), placement[1].Contains("second", StringComparison.Ordinal)));
        await _runs.RunAsync("out", On(2, new() { ["second"] = "cpu:0" }), loaded: models => placement = [.. models.Placement]);
        Assert.Equal((true, false), (placement![0].Contains("second", StringComparison.Ordinal), placement[1].Contains("second", StringComparison.Ordinal)));

        var refused = Assert.Throws<ModelCardException>(() => ModelSet.Load(_plain, threads: 1));
        Assert.Matches(@"second/card\.yaml\(\d+,5\): error PS110: on: found 'cpu:1', expected one of resources\.devices, cpu:0", refused.Message);
        File.WriteAllText(card, File.ReadAllText(card).Replace("on: cpu:1", "on: gpu"));
        Assert.Contains("error PS107: on: found 'gpu', expected a device, cpu:N or cuda:N with N from 0 to 999", Assert.Throws<ModelCardException>(() => ModelSet.Load(_plain, threads: 1)).Message);
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(40)]
    public async Task A_device_that_breaks_costs_no_row(int goodCalls)
    {
        var calls = () => 0;
        var (report, _, _) = await _runs.RunAsync("out", On(3), loaded: models => calls = Break(models.Devices.Devices[1], goodCalls));
        Assert.Empty(report.Mismatches());
        Assert.Equal(_expected, _runs.Shards("out"));
        // How much is placed on it is measured: it may be asked too seldom to be given up.
        var isGivenUp = calls() >= goodCalls + 3;
        Assert.True(isGivenUp || goodCalls > 1, $"{calls()} calls");
        Assert.Equal([null, isGivenUp ? "given up after 3 errors in a row, the last: unplugged" : null, null], report.Devices.Select(device => device.Fault));
    }

    [Theory]
    [InlineData(1), InlineData(100), InlineData(400)]
    public async Task Without_devices_the_run_stops_and_goes_on_where_it_was(int goodCalls)
    {
        var error = await Assert.ThrowsAsync<DevicesLostException>(() => _runs.RunAsync("out", On(2), loaded: models =>
        {
            foreach (var device in models.Devices.Devices)
                Break(device, goodCalls);
        }));
        Assert.StartsWith("no device is left to run models on: cpu:0 was given up after 3 errors in a row, the last: unplugged; cpu:1 was", error.Message);

        var (report, _, _) = await _runs.RunAsync("out", _plain);
        Assert.Empty(report.Mismatches());
        Assert.Equal(_expected, _runs.Shards("out"));
    }

    [Theory]
    [InlineData(2, true, null, 0), InlineData(1, true, "kernel", 30), InlineData(2, false, "cuMemcpyHtoDAsync_v2", 60)]
    public async Task Cards_give_the_same_rows_and_one_that_fails_costs_none(int cards, bool alsoCpu, string? failing, int good)
    {
        using var fake = new FakeDriver(cards);
        ModelDevice[] devices = [.. Enumerable.Range(0, cards).Select(number => FakeCard.Open(fake, number).Device), .. alsoCpu ? [new ModelDevice("cpu:0", 1, isExclusive: true)] : Array.Empty<ModelDevice>()];
        var (report, _, _) = await _runs.RunAsync("out", _plain, devices: new(devices), loaded: _ =>
        {
            if (failing is not null)
                fake.Fail(failing, 700, good);
        });
        Assert.Empty(report.Mismatches());
        List<ClipRow> expected = Rows("plain"), found = Rows("out");
        Assert.Equal(expected.Select(row => JsonSerializer.Serialize(row with { MaxRunningLpips = null })), found.Select(row => JsonSerializer.Serialize(row with { MaxRunningLpips = null })));
        // Sums of the distances are in another order there.
        Assert.All(expected.Zip(found), rows => Assert.Equal(rows.First.MaxRunningLpips ?? -1, rows.Second.MaxRunningLpips ?? -1, 1e-11));
        Assert.Contains(found, row => row.MaxRunningLpips > 0);
        Assert.Equal(cards + (alsoCpu ? 1 : 0), report.Devices.Count);
        if (failing is null)
            Assert.Equal(0, fake.Live);
        if (failing == "kernel") // which loses the card; a copy that fails once does not
            Assert.Contains(report.Devices, device => device.Fault?.Contains("CUDA_ERROR_ILLEGAL_ADDRESS", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Models_for_which_a_card_has_no_room_go_elsewhere()
    {
        using var fake = new FakeDriver(memory: 1 << 15);
        IReadOnlyList<string>? placement = null;
        var (report, _, _) = await _runs.RunAsync("out", _plain, devices: new([FakeCard.Open(fake).Device, new ModelDevice("cpu:0", 1, isExclusive: true)]), loaded: models => placement = [.. models.Placement]);
        Assert.Empty(report.Mismatches());
        Assert.Equal(_expected, _runs.Shards("out"));
        Assert.Equal("cuda:0 (1 thread): no model", placement![0]);

        using var full = new FakeDriver(memory: 1 << 15);
        var error = Assert.Throws<ModelCardException>(() => ModelSet.Load(_plain, new DeviceGroup([FakeCard.Open(full).Device, FakeCard.Open(full).Device])));
        Assert.Contains("for which there is no device: on cuda:0, ", error.Message);
    }

    private List<ClipRow> Rows(string output)
    {
        var reader = ShardReader.Open(_runs.PathOf(output));
        return [.. reader.Clips()];
    }

    private PipelineConfig On(int devices, Dictionary<string, string>? pins = null) => _plain with
    {
        Resources = new() { Devices = [.. Enumerable.Range(0, devices).Select(number => $"cpu:{number}")], On = pins ?? [] },
    };

    /// <returns>How often it has been asked by now.</returns>
    private static Func<int> Break(ModelDevice device, int goodCalls)
    {
        var calls = 0;
        device.BeforeCall = () =>
        {
            if (Interlocked.Increment(ref calls) > goodCalls)
                throw new DeviceException(device, "unplugged");
        };
        return () => Volatile.Read(ref calls);
    }
}
