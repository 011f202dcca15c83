namespace Panda.Stream.Models.Devices;

/// <summary>Which models go on which devices, so that all of them have about as much to do: a model that would hold up the rest gets replicas.</summary>
internal static class Placement
{
    // A replica for less than this is not worth its memory.
    private const double Slack = 1.1;

    /// <param name="devices">How many there are, all alike.</param>
    /// <param name="costs">Of each model, seconds a clip.</param>
    /// <param name="pins">For each model the device that it is to be on alone; null where it is free.</param>
    /// <returns>For each model its devices, one or more, in order of their numbers.</returns>
    public static IReadOnlyList<IReadOnlyList<int>> Of(int devices, IReadOnlyList<double> costs, IReadOnlyList<int?> pins)
    {
        // 1. So many replicas that none has more to do than a device's even part of it all.
        var even = costs.Sum() / devices * Slack;
        int[] replicas = [.. costs.Select((cost, model) => pins[model] is null ? (int)Math.Clamp(Math.Ceiling(cost / even), 1, devices) : 1)];
        // 2. Those that are pinned have their places; of the others the largest come first, each where there is least to do.
        var loads = new double[devices];
        var places = costs.Select(_ => new SortedSet<int>()).ToArray();
        foreach (var model in Enumerable.Range(0, places.Length).OrderBy(model => pins[model] is null).ThenByDescending(model => costs[model] / replicas[model]))
        {
            for (var replica = 0; replica < replicas[model]; replica++)
            {
                var device = pins[model] ?? Enumerable.Range(0, devices).Where(device => !places[model].Contains(device)).MinBy(device => loads[device]);
                places[model].Add(device);
                loads[device] += costs[model] / replicas[model];
            }
        }
        return [.. places.Select(place => (int[])[.. place])];
    }
}
