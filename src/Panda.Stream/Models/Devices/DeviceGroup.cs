using Panda.Stream.Config;

namespace Panda.Stream.Models.Devices;

/// <summary>
/// The devices of a run and what waits for each: gives every batch to the replica that will be free first, by the time that each has taken
/// for an item so far, and gives up a device that fails again and again. Safe for use by several threads at once.
/// </summary>
public sealed class DeviceGroup : IDisposable
{
    // One fault may be an accident; a lost context fails every call from then on.
    private const int MostFaultsInRow = 3;

    // How much the latest call counts in the running mean: some ten calls back are forgotten.
    private const double Weight = 0.2;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly State[] _states;
    private readonly CancellationTokenSource _lost = new();

    public DeviceGroup(IReadOnlyList<ModelDevice> devices, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(devices);
        (Devices, _time) = (devices, time ?? TimeProvider.System);
        _states = [.. devices.Select(device => new State(device))];
    }

    /// <summary>In the order of the configuration.</summary>
    public IReadOnlyList<ModelDevice> Devices { get; }

    /// <summary>Cancelled when no device is left; <see cref="Loss"/> says why, before anyone is told.</summary>
    public CancellationToken Lost => _lost.Token;

    public DevicesLostException? Loss { get; private set; }

    /// <summary>What each has done, in order.</summary>
    public IReadOnlyList<DeviceCounts> Counts
    {
        get
        {
            lock (_lock)
                return [.. _states.Select(state => new DeviceCounts(state.Device.Name, state.Device.Threads, state.Calls, state.Items, state.Busy.TotalSeconds, state.Fault))];
        }
    }

    /// <summary>Why models run on the CPU although the machine has cards; null where that is not so.</summary>
    public string? Note { get; private init; }

    /// <summary>The devices that a configuration asks for.</summary>
    /// <param name="threads">Threads of each call where it asks for none and there are no cards.</param>
    /// <exception cref="DeviceMissingException">One of them cannot be had on this machine.</exception>
    public static DeviceGroup Of(ResourcesConfig config, int threads) => Of(config, threads, MachineCards.Real);

    internal static DeviceGroup Of(ResourcesConfig config, int threads, MachineCards cards)
    {
        ArgumentNullException.ThrowIfNull(config);
        var (names, note) = config.Devices is { } listed ? (listed, null) : cards.Auto();
        if (names.Count == 0)
            return new([new ModelDevice(ResourcesConfig.OnlyDevice, threads, isExclusive: false)]) { Note = note };
        // The same number on each: a session then computes the same bits on all.
        var each = Math.Max(1, (config.Threads ?? Environment.ProcessorCount) / Math.Max(1, names.Count(name => ModelDevice.CardNumber(name) is null)));
        var devices = new List<ModelDevice>();
        try
        {
            foreach (var name in names)
                devices.Add(ModelDevice.CardNumber(name) is null ? new(name, each, isExclusive: true) : new(name, threads: 1, isExclusive: true, cards.Open(name)));
            return new(devices);
        }
        catch
        {
            devices.ForEach(device => device.Dispose());
            throw;
        }
    }

    /// <summary>After the models on the devices.</summary>
    public void Dispose()
    {
        foreach (var device in Devices)
            device.Dispose();
        _lost.Dispose();
    }

    /// <summary>Takes the place of a batch in the queue of the device that will be free first, the faster one of two.</summary>
    /// <param name="replicas">Where its model is open.</param>
    /// <param name="items">Items of the batch.</param>
    /// <param name="but">A device that has just failed on it: it gets the batch again only where there is no other.</param>
    /// <returns>Null when the devices of all replicas have been given up.</returns>
    internal Turn? Take(IReadOnlyList<Replica> replicas, int items, ModelDevice? but = null)
    {
        lock (_lock)
        {
            var sound = replicas.Where(replica => StateOf(replica).Fault is null).ToList();
            if (sound.Count == 0)
                return null;
            var (now, usual) = (_time.GetTimestamp(), sound.Average(replica => replica.SecondsPerItem) ?? 0);
            var (first, state) = sound.Where(replica => replica.Device != but || sound.Count == 1).Select(replica => (replica, State: StateOf(replica)))
                .MinBy(place => (place.State.BusyFor(now, _time), place.State.Turns.Count, place.replica.SecondsPerItem ?? usual));
            var turn = new Turn(first, items, items * (first.SecondsPerItem ?? usual));
            state.Turns.Add(turn);
            return turn;
        }
    }

    /// <summary>The number of the device that will first have nothing to do.</summary>
    /// <param name="full">Devices that come only where there are no others.</param>
    /// <exception cref="DevicesLostException">All devices have been given up.</exception>
    internal int Idlest(IReadOnlySet<int>? full = null)
    {
        DevicesLostException loss;
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var sound = _states.Index().Where(state => state.Item.Fault is null).ToList();
            if (sound.Count > 0)
                return sound.MinBy(state => (full?.Contains(state.Index) == true, state.Item.BusyFor(now, _time))).Index;
            loss = Loss ??= new($"no device is left to run models on: {string.Join("; ", _states.Select(state => $"{state.Device} was {state.Fault}"))}");
        }
        _lost.Cancel();
        throw loss;
    }

    /// <summary>The turn's batch begins, on a device that is free; false when the device was given up meanwhile, and the turn is over.</summary>
    internal bool Begin(Turn turn)
    {
        lock (_lock)
        {
            var state = StateOf(turn.Replica);
            if (state.Fault is null)
            {
                turn.Begun = _time.GetTimestamp();
                return true;
            }
            state.Turns.Remove(turn);
            return false;
        }
    }

    /// <summary>The turn's batch is done, whether or not its model could make anything of it.</summary>
    internal void End(Turn turn)
    {
        lock (_lock)
        {
            var state = StateOf(turn.Replica);
            var taken = _time.GetElapsedTime(turn.Begun ?? 0);
            state.Turns.Remove(turn);
            (state.Calls, state.Items, state.Busy, state.FaultsInRow) = (state.Calls + 1, state.Items + turn.Items, state.Busy + taken, 0);
            var each = taken.TotalSeconds / turn.Items;
            turn.Replica.SecondsPerItem = turn.Replica.SecondsPerItem is { } mean ? mean + Weight * (each - mean) : each;
        }
    }

    /// <summary>The turn's batch has to go elsewhere.</summary>
    /// <param name="error">Whose fault it was: perhaps another device's, on which this one had waited.</param>
    internal void Fail(Turn turn, DeviceException error)
    {
        lock (_lock)
        {
            var state = StateOf(turn.Replica);
            state.Turns.Remove(turn);
            if (error.Device == state.Device)
                Count(state, error);
        }
    }

    /// <summary>A model could not be opened on a device.</summary>
    internal void Fail(int device, DeviceException error)
    {
        lock (_lock)
            Count(_states[device], error);
    }

    private static void Count(State state, DeviceException error)
    {
        if (++state.FaultsInRow >= MostFaultsInRow)
            state.Fault ??= $"given up after {MostFaultsInRow} errors in a row, the last: {error.Reason}";
    }

    private State StateOf(Replica replica) => _states[replica.DeviceIndex];

    private sealed class State(ModelDevice device)
    {
        public ModelDevice Device { get; } = device;

        /// <summary>What runs on it or waits for it.</summary>
        public List<Turn> Turns { get; } = [];

        public int FaultsInRow { get; set; }

        /// <summary>Why it was given up; null while it is in use.</summary>
        public string? Fault { get; set; }

        public long Calls { get; set; }
        public long Items { get; set; }
        public TimeSpan Busy { get; set; }

        /// <summary>Seconds until it is free again, as far as can be told.</summary>
        public double BusyFor(long now, TimeProvider time) => Turns.Sum(turn => turn.Begun is { } begun
            ? Math.Max(0, turn.Expected - time.GetElapsedTime(begun, now).TotalSeconds)
            : turn.Expected);
    }
}
