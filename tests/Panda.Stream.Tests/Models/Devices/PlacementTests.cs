using Panda.Stream.Models.Devices;

namespace Panda.Stream.Tests.Models.Devices;

public class PlacementTests
{
    private static string Of(int devices, double[] costs, int?[]? pins = null) =>
        Text(Placement.Of(Alike(devices, costs), new long[devices], pins ?? new int?[costs.Length]));

    private static string Text(IReadOnlyList<IReadOnlyList<int>> places) => string.Join(" | ", places.Select(on => string.Join(' ', on)));

    private static DeviceCost?[][] Alike(int devices, double[] costs) => Array.ConvertAll(costs, cost => Enumerable.Repeat<DeviceCost?>(new(cost), devices).ToArray());

    /// <summary>Of models whose costs are the same on all devices: seconds and bytes.</summary>
    private static string OfMemory(long[] free, (double Seconds, long Bytes)[] costs, int?[]? pins = null) =>
        Text(Placement.Of(Array.ConvertAll(costs, cost => Enumerable.Repeat<DeviceCost?>(new(cost.Seconds, cost.Bytes), free.Length).ToArray()), free, pins ?? new int?[costs.Length]));

    [Fact]
    public void One_device_holds_all() => Assert.Equal("0 | 0 | 0", Of(1, [3, 1, 2]));

    [Fact]
    public void The_slowest_come_first_and_the_loads_are_even() => Assert.Equal("1 | 0 | 1", Of(2, [2, 5, 3]));

    [Fact]
    public void Spare_devices_get_the_slowest_model() => Assert.Equal("0 2 3 | 1", Of(4, [6, 2]));

    [Fact]
    public void One_model_goes_on_all_eight() => Assert.Equal("0 1 2 3 4 5 6 7", Of(8, [1]));

    [Fact]
    public void What_is_pinned_stays_where_it_is_and_alone() => Assert.Equal("1 | 0", Of(2, [100, 1], [1, null]));

    [Fact]
    public void A_model_goes_only_where_it_has_room_and_gets_replicas_only_there()
    {
        Assert.Equal("1 | 0", OfMemory([4, 10], [(1, 8), (5, 3)]));
        Assert.Equal("0 2 | 1", OfMemory([10, 10, 10], [(9, 7), (1, 7)]));
        Assert.Equal("0 | 1", OfMemory([10, 10, 2], [(9, 7), (1, 7)]));
    }

    [Fact]
    public void Where_the_slowest_first_leave_no_room_the_largest_come_first() =>
        Assert.Equal("1 | 1 | 0", OfMemory([8, 8], [(5, 4), (4, 4), (1, 8)]));

    [Fact]
    public void What_fits_nowhere_is_told_with_the_memory_that_is_left()
    {
        var error = Assert.Throws<PlacementException>(() => OfMemory([10, 6], [(5, 7), (4, 7)]));
        Assert.Equal((1, "3 6"), (error.Model, string.Join(' ', error.Free)));
        Assert.Equal(0, Assert.Throws<PlacementException>(() => OfMemory([10, 6], [(5, 7)], [1])).Model);
        Assert.Equal(0, Assert.Throws<PlacementException>(() => Placement.Of([[null, null]], [10, 6], [null])).Model);
    }

    [Fact]
    public void Unequal_devices_get_what_they_are_good_at()
    {
        // A card and a CPU: the one that loses least goes to the CPU, and a replica that would do next to nothing is not made.
        DeviceCost?[][] costs = [[new(0.1, 5), new(10)], [new(0.1, 1), new(0.11)], [new(0.2, 3), null]];
        Assert.Equal("0 | 1 | 0", Text(Placement.Of(costs, [10, long.MaxValue], [null, null, null])));
        Assert.Equal("0", Text(Placement.Of([[new(0.1, 5), new(10)]], [10, long.MaxValue], [null])));
        Assert.Equal("0 1", Text(Placement.Of([[new(0.1, 5), new(0.3)]], [10, long.MaxValue], [null])));
    }

    [Fact]
    public void Whatever_the_costs_every_model_has_its_places_and_no_load_is_far_above_the_mean()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var (devices, models) = (random.Next(1, 9), random.Next(1, 12));
            double[] costs = [.. Enumerable.Range(0, models).Select(_ => Math.Pow(10, 3 * random.NextDouble()))];
            var places = Placement.Of(Alike(devices, costs), new long[devices], new int?[models]);
            var loads = new double[devices];
            for (var model = 0; model < models; model++)
            {
                Assert.NotEmpty(places[model]);
                Assert.Equal(places[model].Distinct().Order(), places[model]);
                foreach (var device in places[model])
                    loads[device] += costs[model] / places[model].Count;
            }
            Assert.True(loads.Max() < 2.1 * costs.Sum() / devices, $"{devices} devices, costs {string.Join(' ', costs)}: loads {string.Join(' ', loads)}");
        }
    }
}
