using Panda.Stream.Models.Devices;

namespace Panda.Stream.Tests.Models.Devices;

/// <summary>Devices that take a fixed time for a batch, on a clock that only these times move.</summary>
public class DeviceGroupTests
{
    private const int Batches = 400;

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Equal_devices_do_as_many_times_as_much_as_one(int devices)
    {
        var seconds = Run([.. Enumerable.Repeat(0.05, devices)]);
        Assert.InRange(Batches * 0.05 / seconds, 0.95 * devices, devices + 1e-6);
    }

    [Theory]
    [InlineData(0.1, 0.1, 0.4)]
    [InlineData(0.1, 1.0)]
    [InlineData(0.7, 0.05, 0.05, 0.05)]
    public void Unequal_devices_are_all_kept_busy(params double[] costs)
    {
        var ideal = Batches / costs.Sum(cost => 1 / cost);
        Assert.InRange(ideal / Run(costs), 0.9, 1.001);
    }

    [Fact]
    public void Batches_queue_where_the_device_will_be_free_first()
    {
        var clock = new Clock();
        var (group, replicas) = Group(clock, 2);
        Assert.Equal(0, Complete(group, replicas, clock, 1));
        Assert.Equal(1, Complete(group, replicas, clock, 10, but: 0));
        var first = group.Take(replicas, 1)!;
        var second = group.Take(replicas, 1)!;
        Assert.Equal((0, 1), (first.Replica.DeviceIndex, second.Replica.DeviceIndex));
        // One second each on the first, ten on the second.
        var more = Enumerable.Range(0, 11).Select(_ => group.Take(replicas, 1)!.Replica.DeviceIndex).ToArray();
        Assert.Equal([1], more.Index().Where(place => place.Item == 1).Select(place => place.Item));
        Assert.True(more[9] == 1 || more[10] == 1);
    }

    [Fact]
    public void A_device_is_given_up_after_three_errors_in_a_row_and_the_last_one_ends_it_all()
    {
        var (group, replicas) = Group(new Clock(), 2);
        void Fail(int device)
        {
            var turn = group.Take(replicas, 1, but: group.Devices[1 - device])!;
            Assert.Equal(device, turn.Replica.DeviceIndex);
            Assert.True(group.Begin(turn));
            group.Fail(turn, new DeviceException(turn.Replica.Device, "CUDA error 700"));
        }
        Fail(0);
        Fail(0);
        var good = group.Take(replicas, 1, but: group.Devices[1])!;
        group.Begin(good);
        group.End(good);
        Fail(0);
        Fail(0);
        var waiting = group.Take(replicas, 1, but: group.Devices[1])!;
        Fail(0);
        // What waited for it must go elsewhere, and what comes goes there.
        Assert.False(group.Begin(waiting));
        Assert.Equal(1, group.Take(replicas, 1)!.Replica.DeviceIndex);
        Assert.Equal(["given up after 3 errors in a row, the last: CUDA error 700", null], group.Counts.Select(counts => counts.Fault));

        Assert.False(group.Lost.IsCancellationRequested);
        for (var i = 0; i < 3; i++)
        {
            var turn = group.Take(replicas, 1)!;
            group.Begin(turn);
            group.Fail(turn, new DeviceException(turn.Replica.Device, "CUDA error 719"));
        }
        DevicesLostException? told = null;
        using var registered = group.Lost.Register(() => told = group.Loss);
        Assert.Null(group.Take(replicas, 1));
        var error = Assert.Throws<DevicesLostException>(() => group.Idlest());
        Assert.Same(told, error);
        Assert.Equal("no device is left to run models on: cpu:0 was given up after 3 errors in a row, the last: CUDA error 700; cpu:1 was given up after 3 errors in a row, the last: CUDA error 719", error.Message);
    }

    [Fact]
    public void An_error_of_another_device_is_not_held_against_this_one()
    {
        var (group, replicas) = Group(new Clock(), 2);
        for (var i = 0; i < 10; i++)
        {
            var turn = group.Take(replicas, 1, but: group.Devices[1])!;
            group.Begin(turn);
            group.Fail(turn, new DeviceException(group.Devices[1], "what it waited for was not made"));
        }
        Assert.All(group.Counts, counts => Assert.Null(counts.Fault));
    }

    /// <summary>Seconds until as many batches as there are devices at a time have all been run.</summary>
    private static double Run(double[] costs)
    {
        var clock = new Clock();
        var (group, replicas) = Group(clock, costs.Length);
        var queues = Array.ConvertAll(costs, _ => new Queue<Turn>());
        var ends = Array.ConvertAll(costs, _ => double.PositiveInfinity);
        var (sent, inFlight) = (0, 0);
        while (sent < Batches || inFlight > 0)
        {
            for (; sent < Batches && inFlight < costs.Length; sent++, inFlight++)
            {
                var turn = group.Take(replicas, 8)!;
                queues[turn.Replica.DeviceIndex].Enqueue(turn);
                Start(turn.Replica.DeviceIndex);
            }
            var device = Array.IndexOf(ends, ends.Min());
            clock.Seconds = ends[device];
            group.End(queues[device].Dequeue());
            (ends[device], inFlight) = (double.PositiveInfinity, inFlight - 1);
            Start(device);
        }
        Assert.Equal(Batches, group.Counts.Sum(counts => counts.Calls));
        return clock.Seconds;

        void Start(int device)
        {
            if (!double.IsPositiveInfinity(ends[device]) || !queues[device].TryPeek(out var next))
                return;
            Assert.True(group.Begin(next));
            ends[device] = clock.Seconds + costs[device];
        }
    }

    private static int Complete(DeviceGroup group, Replica[] replicas, Clock clock, double seconds, int? but = null)
    {
        var turn = group.Take(replicas, 1, but is { } device ? group.Devices[device] : null)!;
        group.Begin(turn);
        clock.Seconds += seconds;
        group.End(turn);
        return turn.Replica.DeviceIndex;
    }

    private static (DeviceGroup Group, Replica[] Replicas) Group(Clock clock, int devices)
    {
        var group = new DeviceGroup([.. Enumerable.Range(0, devices).Select(number => new ModelDevice($"cpu:{number}", 1, isExclusive: true))], clock);
        return (group, [.. group.Devices.Select((device, number) => new Replica(device, number))]);
    }

    private sealed class Clock : TimeProvider
    {
        public double Seconds { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (long)Math.Round(Seconds * TimestampFrequency);
    }
}
