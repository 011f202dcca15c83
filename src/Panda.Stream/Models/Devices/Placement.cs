namespace Panda.Stream.Models.Devices;

/// <summary>What a model costs on a device.</summary>
/// <param name="Seconds">A clip.</param>
/// <param name="Bytes">Of the device's memory.</param>
public readonly record struct DeviceCost(double Seconds, long Bytes = 0);

/// <summary>Which models go on which devices, so that all of them have about as much to do: a model that would hold up the rest gets replicas.</summary>
internal sealed class Placement
{
    // A replica for less than this is not worth its memory.
    private const double Slack = 1.1;

    private readonly IReadOnlyList<IReadOnlyList<DeviceCost?>> _costs;
    private readonly IReadOnlyList<int?> _pins;
    private readonly SortedSet<int>[] _places;
    private readonly long[] _free;

    private Placement(IReadOnlyList<IReadOnlyList<DeviceCost?>> costs, IReadOnlyList<long> free, IReadOnlyList<int?> pins) =>
        (_costs, _pins, _places, _free) = (costs, pins, [.. costs.Select(_ => new SortedSet<int>())], [.. free]);

    private IEnumerable<int> Devices => Enumerable.Range(0, _free.Length);

    private IEnumerable<int> Models => Enumerable.Range(0, _places.Length);

    /// <param name="costs">Of each model on each device; null where it cannot run.</param>
    /// <param name="free">Bytes of each device that models may take.</param>
    /// <param name="pins">For each model the device that it is to be on alone; null where it is free.</param>
    /// <returns>For each model its devices, one or more, in order of their numbers.</returns>
    /// <exception cref="PlacementException">A model has nowhere to go.</exception>
    public static IReadOnlyList<IReadOnlyList<int>> Of(IReadOnlyList<IReadOnlyList<DeviceCost?>> costs, IReadOnlyList<long> free, IReadOnlyList<int?> pins)
    {
        // The slowest come first. Where they do not all fit so, the largest do, which leaves the smallest gaps.
        var placement = new Placement(costs, free, pins);
        if (placement.PlaceAll(model => placement.Least(model).Seconds) is not null)
        {
            placement = new Placement(costs, free, pins);
            if (placement.PlaceAll(model => placement.Least(model).Bytes) is { } unplaced)
                throw new PlacementException(unplaced, placement._free);
        }
        while (placement.TryAddReplica())
        {
        }
        return [.. placement._places.Select(place => (int[])[.. place])];
    }

    /// <returns>The model for which there was no place; null when all have one.</returns>
    private int? PlaceAll(Func<int, double> size)
    {
        var loads = new double[_free.Length];
        foreach (var model in Models.OrderBy(model => _pins[model] is null).ThenByDescending(size))
        {
            var fitting = Devices.Where(device => (_pins[model] ?? device) == device && Fits(model, device)).ToArray();
            if (fitting.Length == 0)
                return model;
            var device = fitting.MinBy(device => loads[device] + _costs[model][device]!.Value.Seconds);
            loads[device] += _costs[model][device]!.Value.Seconds;
            Place(model, device);
        }
        return null;
    }

    /// <summary>Gives a model of the device that has the most to do one more device, if that has less to do then.</summary>
    private bool TryAddReplica()
    {
        double[] loads = [.. Devices.Select(device => Models.Where(model => _places[model].Contains(device)).Sum(model => Part(_places[model], model)))];
        var busiest = Array.IndexOf(loads, loads.Max());
        var best = (Model: -1, Device: -1, Load: loads[busiest] / Slack);
        foreach (var model in Models.Where(model => _pins[model] is null && _places[model].Contains(busiest)))
        {
            foreach (var device in Devices.Where(device => !_places[model].Contains(device) && Fits(model, device)))
            {
                var (before, after) = (Part(_places[model], model), Part([.. _places[model], device], model));
                var load = Math.Max(loads[device] + after, _places[model].Max(place => loads[place]) - before + after);
                if (load < best.Load)
                    best = (model, device, load);
            }
        }
        if (best.Model >= 0)
            Place(best.Model, best.Device);
        return best.Model >= 0;
    }

    private bool Fits(int model, int device) => _costs[model][device] is { } cost && cost.Bytes <= _free[device];

    private void Place(int model, int device)
    {
        _places[model].Add(device);
        _free[device] -= _costs[model][device]!.Value.Bytes;
    }

    /// <summary>Seconds a clip that each of some devices has to do with a model when the faster ones do more of it.</summary>
    private double Part(IReadOnlyCollection<int> devices, int model) => 1 / devices.Sum(device => 1 / _costs[model][device]!.Value.Seconds);

    private DeviceCost Least(int model) => _costs[model].Where(cost => cost is not null).Select(cost => cost!.Value).DefaultIfEmpty().MinBy(cost => cost.Seconds);
}

/// <summary>A model fits on no device beside those that were placed before.</summary>
/// <param name="model">Its number.</param>
/// <param name="free">Bytes that were left of each device.</param>
internal sealed class PlacementException(int model, IReadOnlyList<long> free) : Exception($"no device has room for model {model}")
{
    public int Model { get; } = model;

    public IReadOnlyList<long> Free { get; } = free;
}
