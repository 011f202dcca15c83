using Panda.Stream.Models.Devices;

namespace Panda.Stream.Tests.Models.Devices;

public class PlacementTests
{
    private static string Of(int devices, double[] costs, int?[]? pins = null) =>
        string.Join(" | ", Placement.Of(devices, costs, pins ?? new int?[costs.Length]).Select(places => string.Join(' ', places)));

    [Fact]
    public void One_device_holds_all() => Assert.Equal("0 | 0 | 0", Of(1, [3, 1, 2]));

    [Fact]
    public void The_slowest_come_first_and_the_loads_are_even() => Assert.Equal("1 | 0 | 1", Of(2, [2, 5, 3]));

    [Fact]
    public void Spare_devices_get_the_slowest_model() => Assert.Equal("0 1 2 | 3", Of(4, [6, 2]));

    [Fact]
    public void One_model_goes_on_all_eight() => Assert.Equal("0 1 2 3 4 5 6 7", Of(8, [1]));

    [Fact]
    public void What_is_pinned_stays_where_it_is_and_alone() => Assert.Equal("1 | 0", Of(2, [100, 1], [1, null]));

    [Fact]
    public void Whatever_the_costs_every_model_has_its_places_and_no_load_is_far_above_the_mean()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var (devices, models) = (random.Next(1, 9), random.Next(1, 12));
            double[] costs = [.. Enumerable.Range(0, models).Select(_ => Math.Pow(10, 3 * random.NextDouble()))];
            var places = Placement.Of(devices, costs, new int?[models]);
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
