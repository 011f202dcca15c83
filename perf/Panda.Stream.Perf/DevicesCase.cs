using System.Globalization;
using Panda.Stream.Graph;
using Panda.Stream.Models.Devices;

namespace Panda.Stream.Perf;

/// <summary>
/// Throughput of N simulated devices, each of which takes a fixed time for a batch, against one:
///     callers -> batcher -> replica that will be free first -> device 1 ... N
/// As many items are in flight as a run lets a teacher hold. Rounds are interleaved; every caller must get its own answer.
/// </summary>
internal static class DevicesCase
{
    private const int Rounds = 5, LargestBatch = 8, BatchesADevice = 25, MostDevices = 8;
    private static readonly TimeSpan Batch = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync()
    {
        ThreadPool.SetMinThreads(2 * MostDevices + Environment.ProcessorCount, 1);
        var rates = Enumerable.Range(1, MostDevices).ToDictionary(devices => devices, _ => new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            foreach (var (devices, rate) in rates)
            {
                var (batches, taken) = await Measuring.TimeAsync(() => BatchesAsync(devices));
                if (round >= 0)
                    rate.Add(batches / taken.Seconds);
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {Environment.ProcessorCount} cores; a batch of {LargestBatch} takes {Batch.TotalMilliseconds} ms; medians of {Rounds} rounds

            | devices | batches/s | of one | of N times one |
            |---|---|---|---|
            """));
        var one = rates[1];
        foreach (var (devices, rate) in rates)
        {
            var times = Measuring.Median(rate.Zip(one, (many, alone) => many / alone));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {devices} | {Measuring.Median(rate):0.0} | {times:0.00} | {times / devices:0.000} |"));
        }
        return 0;
    }

    private static async Task<long> BatchesAsync(int devices)
    {
        using var group = new DeviceGroup([.. Enumerable.Range(0, devices).Select(number => new ModelDevice($"cpu:{number}", 1, isExclusive: true))]);
        using var replicas = new Replicas<Simulated>(group, [.. Enumerable.Range(0, devices)], _ => new());
        await using var batcher = new Batcher<int, int>(LargestBatch, TimeSpan.FromMilliseconds(20),
            items => replicas.Run(items.Count, model => model.Run(items)), replicas.Count);
        var inFlight = Capacities.For(LargestBatch, decoderThreads: 1, devices).ClipsPerTeacher;
        await Parallel.ForAsync(0, devices * BatchesADevice * LargestBatch, new ParallelOptions { MaxDegreeOfParallelism = inFlight }, async (item, cancel) =>
        {
            if (await batcher.RunAsync(item, cancel) != -item)
                throw new InvalidOperationException("an item got another's answer");
        });
        return devices * BatchesADevice;
    }

    private sealed class Simulated : IDisposable
    {
        private bool _disposed;

        public IReadOnlyList<Models.Calls.Answer<int>> Run(IReadOnlyList<int> items)
        {
            Thread.Sleep(Batch);
            ObjectDisposedException.ThrowIf(_disposed, this);
            return [.. items.Select(item => -item)];
        }

        public void Dispose() => _disposed = true;
    }
}
