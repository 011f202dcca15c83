namespace Panda.Stream.Models.Devices;

/// <summary>One model, open on one or more devices of a group. Safe for use by several threads at once.</summary>
public sealed class Replicas<TModel> : IDisposable where TModel : class, IDisposable
{
    private sealed record Place(Replica[] Replicas, TModel[] Models);

    private readonly DeviceGroup _group;
    private readonly Func<int, TModel> _open;
    private readonly Lock _opening = new();
    private readonly HashSet<int> _full = []; // devices that had no room for it
    private volatile Place _place;

    /// <param name="group">The devices.</param>
    /// <param name="devices">Numbers of those that it is opened on, at least one.</param>
    /// <param name="open">Opens it on the device of a number.</param>
    public Replicas(DeviceGroup group, IReadOnlyList<int> devices, Func<int, TModel> open)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(devices);
        (_group, _open) = (group, open);
        _place = new([.. devices.Select(device => new Replica(group.Devices[device], device))], [.. devices.Select(open)]);
        Count = devices.Count;
    }

    /// <summary>Any of them: what a model says of itself is the same on all.</summary>
    public TModel First => _place.Models[0];

    /// <summary>How many batches may run at once.</summary>
    public int Count { get; }

    public IEnumerable<TModel> All => _place.Models;

    public IEnumerable<ModelDevice> Devices => _place.Replicas.Select(replica => replica.Device);

    /// <summary>Runs a batch on the device that will be free first; on another when that one fails.</summary>
    /// <param name="items">Items of the batch, at least 1.</param>
    /// <param name="call">What is done with the model; it may be called again, with another replica.</param>
    /// <exception cref="DevicesLostException">No device is left.</exception>
    public TResult Run<TResult>(int items, Func<TModel, TResult> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        ModelDevice? failed = null;
        while (true)
        {
            var place = _place;
            if (_group.Take(place.Replicas, items, failed) is not { } turn)
            {
                OpenElsewhere(place);
                continue;
            }
            var device = turn.Replica.Device;
            device.Enter();
            try
            {
                if (!_group.Begin(turn))
                    continue;
                var result = call(place.Models[Array.IndexOf(place.Replicas, turn.Replica)]);
                _group.End(turn);
                return result;
            }
            catch (DeviceException error)
            {
                _group.Fail(turn, error);
                failed = device;
            }
            catch
            {
                _group.End(turn);
                throw;
            }
            finally
            {
                device.Leave();
            }
        }
    }

    public void Dispose() => Array.ForEach(_place.Models, model => model.Dispose());

    /// <summary>The devices that the model was on are given up: it goes to one that is not.</summary>
    private void OpenElsewhere(Place from)
    {
        lock (_opening)
        {
            if (_place != from)
                return; // another caller did it meanwhile
            var device = _group.Idlest(_full);
            try
            {
                var model = _open(device);
                _place = new([.. from.Replicas, new(_group.Devices[device], device)], [.. from.Models, model]);
            }
            catch (DeviceException error)
            {
                _group.Fail(device, error);
            }
            catch (NoRoomException) when (_full.Add(device))
            {
                // On another, then; and where all are full, it is the error of what was to be done.
            }
        }
    }
}
