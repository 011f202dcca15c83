using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Panda.Stream.Kernels;
using Panda.Stream.Models.Devices;
using Panda.Stream.Models.Generation;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Perf.Kernels;

/// <summary>
/// The bandwidth that kernels reach, beside a copy that moves as many bytes: half of them read, half of them written.
///     a card:  each kernel once, its answer held against its twin's; then rounds of {kernel, copy on the card}, by the card's clock
///     none:    rounds of {twin in C#, memcpy}, by this process's processor time, which other work on the machine disturbs least
/// Before each of them the caches are filled with something else.
/// </summary>
internal static class KernelsCase
{
    private const int Rounds = 21, CpuFlushBytes = 64 << 20, CardFlushBytes = 256 << 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    // Settings of the paper's teachers and student.
    private static readonly GenerationCard Greedy = new() { MaxNew = 300, Eos = [2] }, TopP = Greedy with { Sample = true, TopP = 0.9f };

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    /// <summary>What a run has to do, at the sizes that it has it in. A minute is one probe at each end of 5 s, and one LPIPS frame a second.</summary>
    private static IEnumerable<Func<KernelWork>> Works =>
    [
        () => new ContentScoreWork(1280, 720, 32),
        () => new ContentScoreWork(1920, 1080, 32),
        () => new HistogramWork(1280, 720, 32),
        () => new HistogramWork(1920, 1080, 32),
        () => new AreaFrameWork(1280, 720, 398, 224, 8),
        () => new AreaFrameWork(1920, 1080, 398, 224, 8),
        () => new SmallFramesWork(398, 224, 224, PictureResize.Squash, PictureFilter.Bicubic, 64, kept: true, half: true),
        () => new SmallFramesWork(398, 224, 224, PictureResize.Squash, PictureFilter.Bicubic, 64, kept: true),
        () => new SmallFramesWork(398, 224, 224, PictureResize.Crop, PictureFilter.Bicubic, 64, kept: true),
        () => new SmallFramesWork(1280, 720, 224, PictureResize.Squash, PictureFilter.Bicubic, 8),
        () => new SmallFramesWork(1920, 1080, 224, PictureResize.Crop, PictureFilter.Bicubic, 8),
        () => new SmallFramesWork(1280, 720, 112, PictureResize.Squash, PictureFilter.Bilinear, 8),
        () => new LpipsWork(224, 60),
        () => new LpipsWork(112, 60),
        () => new EmbeddingPairsWork(1024, 24),
        () => new EmbeddingPairsWork(512, 24),
        () => new EmbeddingPairsWork(1024, 60 * 24),
        () => new EmbeddingMeansWork(1024, 60 * 24, 6),
        () => new EmbeddingMatrixWork(1024, 16, 240),
        () => new EmbeddingMatrixWork(512, 16, 240),
        () => new PickWork(Greedy, 32000, 8),
        () => new PickWork(TopP, 32000, 8),
        () => new PickWork(TopP, 32000, 64),
        () => new PickWork(TopP with { Repetition = 1.05f }, 32000, 64),
        () => new PickWork(Greedy with { Beams = 5 }, 32000, 8),
        () => new PickWork(TopP with { Beams = 3, Temperature = 1.5f }, 32000, 8),
    ];

    public static int Run(bool asJson)
    {
        var (driver, lacks) = FindDriver();
        using var card = driver is null ? null : new Card(driver, driver.Devices[0]);
        var heading = driver is null ? CpuHeading(lacks!) : CardHeading(driver);
        if (!asJson)
            Console.WriteLine($"""
                {heading}

                | kernel | size | must move, KiB | takes, us | GB/s | a copy's GB/s | of the copy |
                |---|---|---|---|---|---|---|
                """);
        var measured = new List<Measured>();
        var wrong = 0;
        foreach (var make in Works)
        {
            var work = make();
            try
            {
                measured.Add(card is null ? OnCpu(work) : OnCard(work, card));
                if (!asJson)
                    Console.WriteLine(measured[^1].Row);
            }
            catch (InvalidDataException error)
            {
                Console.Error.WriteLine($"panda: {error.Message}");
                wrong++;
            }
        }
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(new { Heading = heading, Kernels = measured }, Json));
        return wrong > 0 ? 1 : 0;
    }

    private static (CudaDriver? Driver, string? Lacks) FindDriver()
    {
        try
        {
            var driver = CudaDriver.Require();
            return driver.Devices.Count > 0 ? (driver, null) : (null, "found a driver without cards");
        }
        catch (Exception refused) when (refused is NativeLibraryException or CudaException)
        {
            return (null, NativeLibraryException.OneLine(refused));
        }
    }

    private static string CpuHeading(string lacks)
    {
        var cpu = MachineDevices.Find().Cpu;
        return $"""
            # ./panda perf kernels, on the CPU

            {cpu.Name}, {cpu.Cores} cores, vectors of {cpu.VectorBits} bits; {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}. No kernel ran: these are their twins in C#, on one thread, beside memcpy, by processor time. Medians of {Rounds} rounds.
            No card: {lacks}
            """;
    }

    private static string CardHeading(CudaDriver driver)
    {
        const string module = "/proc/driver/nvidia/version";
        var card = driver.Devices[0];
        var ptx = KernelModules.Ptx(KernelModules.Names[0]);
        return $"""
            # ./panda perf kernels, on {card.Name}

            {card.Name}, compute capability {card.ComputeCapability.Major}.{card.ComputeCapability.Minor}, {card.Multiprocessors} multiprocessors, {card.Memory >> 20} MiB; driver for CUDA {driver.VersionText}{(File.Exists(module) ? $" ({File.ReadLines(module).First().Trim()})" : "")}; PTX by {ptx[ptx.IndexOf("clang", StringComparison.Ordinal)..ptx.IndexOf('\n', StringComparison.Ordinal)]}; {RuntimeInformation.FrameworkDescription}. Each kernel's answer was that of its twin. Medians of {Rounds} rounds.
            """;
    }

    private static Measured OnCpu(KernelWork work)
    {
        var flush = new byte[CpuFlushBytes];
        byte[] from = new byte[work.Bytes / 2], to = new byte[work.Bytes / 2];
        Random.Shared.NextBytes(from);
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < WarmUp;)
            work.Run();
        return Measure(work, Seconds(work.Run), Seconds(() => from.CopyTo(to, 0)));

        Func<double> Seconds(Action action) => () =>
        {
            flush.AsSpan().Fill((byte)Random.Shared.Next());
            var begun = Environment.CpuUsage.TotalTime;
            action();
            return (Environment.CpuUsage.TotalTime - begun).TotalSeconds;
        };
    }

    private static Measured OnCard(KernelWork work, Card card)
    {
        try
        {
            work.Put(card);
            work.Queue(card);
            work.Check(card);
            var half = work.Bytes / 2;
            var (from, to, flush) = (card.Room(half), card.Room(half), card.Room(CardFlushBytes));
            void Flush() => card.Stream.Fill(flush, 1, CardFlushBytes);
            return Measure(work, () => card.Time(Flush, () => work.Queue(card)), () => card.Time(Flush, () => card.Stream.Copy(from, to, half)));
        }
        finally
        {
            card.Clear();
        }
    }

    private static Measured Measure(KernelWork work, Func<double> kernel, Func<double> copy)
    {
        var rounds = Enumerable.Range(0, Rounds).Select(_ => (Kernel: kernel(), Copy: copy())).ToArray();
        // Round by round: what disturbs a round disturbs both.
        return new(work.Kernel, work.Size, work.Bytes, Measuring.Median(rounds.Select(round => round.Kernel)),
            Measuring.Median(rounds.Select(round => round.Copy)), Measuring.Median(rounds.Select(round => round.Copy / round.Kernel)));
    }

    /// <param name="Bytes">That must be moved.</param>
    /// <param name="Seconds">Of the kernel.</param>
    /// <param name="CopySeconds">Of a copy that moves as many.</param>
    /// <param name="OfCopy">The kernel's bandwidth over the copy's.</param>
    private sealed record Measured(string Kernel, string Size, long Bytes, double Seconds, double CopySeconds, double OfCopy)
    {
        public double BytesPerSecond => Bytes / Seconds;

        public double CopyBytesPerSecond => Bytes / CopySeconds;

        internal string Row => string.Create(CultureInfo.InvariantCulture,
            $"| {Kernel} | {Size} | {Bytes / 1024.0:0} | {1e6 * Seconds:0.0} | {BytesPerSecond / 1e9:0.000} | {CopyBytesPerSecond / 1e9:0.0} | {OfCopy:0.000} |");
    }
}
