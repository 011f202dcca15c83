using Panda.Stream.Models;
using Panda.Stream.Models.Devices;

namespace Panda.Stream.Tests.Models.Devices;

public sealed class ReplicasTests : IDisposable
{
    private sealed class Model(int number) : IDisposable
    {
        private int _inside;

        public int Number { get; } = number;
        public int Calls;
        public int MostInside;
        public bool IsDisposed { get; private set; }

        public int Work(int item)
        {
            MostInside = Math.Max(MostInside, Interlocked.Increment(ref _inside));
            Interlocked.Increment(ref Calls);
            Thread.Sleep(1);
            Interlocked.Decrement(ref _inside);
            return 10 * item;
        }

        public void Dispose() => IsDisposed = true;
    }

    private readonly DeviceGroup _group = new([.. Enumerable.Range(0, 3).Select(number => new ModelDevice($"cpu:{number}", 1, isExclusive: true))]);
    private readonly Model[] _models = [new(0), new(1), new(2)];

    private Replicas<Model> Replicas => new(_group, [0, 1, 2], device => _models[device]);

    public void Dispose() => _group.Dispose();

    [Fact]
    public void A_device_runs_one_call_at_a_time_and_every_caller_gets_his_own_result()
    {
        var replicas = Replicas;
        Parallel.For(0, 200, new() { MaxDegreeOfParallelism = 12 }, item => Assert.Equal(10 * item, replicas.Run(1, model => model.Work(item))));
        Assert.All(_models, model => Assert.Equal(1, model.MostInside));
        Assert.Equal(200, _models.Sum(model => model.Calls));
        Assert.All(_models, model => Assert.True(model.Calls > 0));
    }

    [Fact]
    public void The_work_of_a_device_that_fails_goes_well_on_the_others()
    {
        var replicas = Replicas;
        Parallel.For(0, 200, new() { MaxDegreeOfParallelism = 12 }, item => Assert.Equal(10 * item, replicas.Run(1, model =>
            model.Number == 1 ? throw new DeviceException(_group.Devices[1], "unplugged") : model.Work(item))));
        Assert.Equal([null, "given up after 3 errors in a row, the last: unplugged", null], _group.Counts.Select(counts => counts.Fault));
        Assert.Equal(200, _models[0].Calls + _models[2].Calls);
    }

    [Fact]
    public void A_model_whose_only_device_fails_is_opened_on_another()
    {
        using var replicas = new Replicas<Model>(_group, [1], device => device == 2 ? throw new DeviceException(_group.Devices[2], "cannot be opened") : _models[device]);
        Parallel.For(0, 50, new() { MaxDegreeOfParallelism = 6 }, item => Assert.Equal(10 * item, replicas.Run(1, model =>
            model.Number == 1 ? throw new DeviceException(_group.Devices[1], "unplugged") : model.Work(item))));
        Assert.Equal(50, _models[0].Calls);
        Assert.Equal(["cpu:1", "cpu:0"], replicas.Devices.Select(device => device.Name));
    }

    [Fact]
    public void A_device_without_room_for_a_model_is_not_given_up_and_the_model_goes_elsewhere()
    {
        var tried = new List<int>();
        using var replicas = new Replicas<Model>(_group, [1], device =>
        {
            tried.Add(device);
            return device == 0 ? throw new NoRoomException([]) : _models[device];
        });
        Assert.Equal(10, replicas.Run(1, model => model.Number == 1 ? throw new DeviceException(_group.Devices[1], "unplugged") : model.Work(1)));
        Assert.Equal([1, 0, 2], tried);
        Assert.Null(_group.Counts[0].Fault);
    }

    [Fact]
    public void Without_room_anywhere_it_is_the_callers_to_know_and_later_tried_again()
    {
        var isFull = true;
        using var replicas = new Replicas<Model>(_group, [1], device => isFull && device != 1 ? throw new NoRoomException([]) : _models[device]);
        int Work() => replicas.Run(1, model => model.Number == 1 ? throw new DeviceException(_group.Devices[1], "unplugged") : model.Work(1));
        Assert.Throws<NoRoomException>(() => Work());
        Assert.Throws<NoRoomException>(() => Work());
        isFull = false;
        Assert.Equal(10, Work());
    }

    [Fact]
    public void Without_a_device_that_is_left_all_callers_learn_it()
    {
        var replicas = Replicas;
        var told = 0;
        Parallel.For(0, 20, new() { MaxDegreeOfParallelism = 8 }, _ =>
        {
            Assert.Throws<DevicesLostException>(() => replicas.Run<int>(1, model => throw new DeviceException(_group.Devices[model.Number], "unplugged")));
            Interlocked.Increment(ref told);
        });
        Assert.Equal(20, told);
    }

    [Fact]
    public void What_is_the_models_own_error_is_the_callers_and_no_devices()
    {
        var replicas = Replicas;
        for (var i = 0; i < 9; i++)
            Assert.Throws<InvalidDataException>(() => replicas.Run<int>(1, _ => throw new InvalidDataException("a number that is not finite")));
        Assert.All(_group.Counts, counts => Assert.Null(counts.Fault));
        Assert.Equal(9, _group.Counts.Sum(counts => counts.Calls));
        replicas.Dispose();
        Assert.All(_models, model => Assert.True(model.IsDisposed));
    }
}
