using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Panda.Stream.Videos;

namespace Panda.Stream.Perf;

/// <summary>
/// What a whole run takes of the machine's memory at most, against what <c>resources.memory</c> allows its videos. Each case is a run
/// in a process of its own; `nothing` is one short video, so its peak is what the runtime, the models and the shards take by themselves.
/// </summary>
internal static class MemoryCase
{
    private const int SlowerBy = 100;

    private sealed record Case(string Name, string Memory, Action<string, int> Make, bool SlowTeacher = false);

    private sealed record Measured(long Peak, long MostTaken, int Videos, int Failed, int Clips, double VideoSeconds, double Seconds);

    private static readonly Case[] Cases =
    [
        new("nothing", "256MiB", (folder, _) => Seconds(folder, "short", 1)),
        new("an hour", "256MiB", (folder, minutes) => Looped(folder, minutes)),
        new("a slow teacher", "256MiB", (folder, _) => Samples(folder, 3), SlowTeacher: true),
        new("200 seconds", "256MiB", (folder, _) => Seconds(folder, "second", 200)),
        new("8K among small", "1GiB", (folder, _) => { Samples(folder, 4); Huge(folder); }),
        new("8K at its leanest", "900MiB", (folder, _) => Huge(folder)),
        new("8K refused", "256MiB", (folder, _) => { Samples(folder, 1); Huge(folder); }),
    ];

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--child", var input, var memory, var slow])
            return await ChildAsync(input, memory, bool.Parse(slow));
        var minutes = arguments is ["--minutes", var number, ..] ? int.Parse(number, CultureInfo.InvariantCulture) : 60;
        var wanted = arguments.Skip(arguments is ["--minutes", ..] ? 2 : 0).FirstOrDefault();

        Console.WriteLine($"""
            {Environment.ProcessorCount} cores; resident memory at its peak (VmHWM), MiB

            | case | videos (failed) | clips | video, s | run, s | resources.memory | reserved at most | peak | peak less resources.memory |
            |---|---|---|---|---|---|---|---|---|
            """);
        foreach (var one in Cases.Where(one => wanted is null || one.Name == wanted))
        {
            var folder = Directory.CreateTempSubdirectory("panda-perf-").FullName;
            try
            {
                one.Make(folder, minutes);
                var measured = await MeasureAsync(folder, one);
                var budget = ByteCount.Parse(one.Memory)!.Value.Bytes;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {one.Name} | {measured.Videos} ({measured.Failed}) | {measured.Clips} | {measured.VideoSeconds:0} | {measured.Seconds:0} | {MiB(budget)} | {MiB(measured.MostTaken)} | {MiB(measured.Peak)} | {MiB(measured.Peak - budget)} |"));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        return 0;
    }

    private static long MiB(long bytes) => (long)Math.Round(bytes / 1048576.0);

    private static async Task<Measured> MeasureAsync(string folder, Case one)
    {
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["memory", "--child", folder, one.Memory, one.SlowTeacher.ToString()]) { RedirectStandardOutput = true })!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return child.ExitCode == 0
            ? JsonSerializer.Deserialize<Measured>(output)!
            : throw new InvalidOperationException($"'{one.Name}' ended with {child.ExitCode}: {output}");
    }

    private static async Task<int> ChildAsync(string input, string memory, bool slowTeacher)
    {
        var config = PipelineConfig.Load(PandaHome.Pipeline,
            [Override.Option("--input", "input", input), Override.Set($"resources.memory={memory}"), Override.Set("split.repeat=0")]).Value!;
        var videos = VideoInputs.Find(config.Input);
        using var models = ModelSet.Load(config, ThreadBudget.Of(config, videos.Videos.Count).ModelThreads);
        var captions = CaptionModels.Of(models);
        if (slowTeacher)
            captions = captions with { Teachers = [Slowed(captions.Teachers[0]), .. captions.Teachers.Skip(1)] };
        var output = Directory.CreateTempSubdirectory("panda-perf-").FullName;
        try
        {
            using var folder = OutputFolder.Claim(output);
            await using var run = new PipelineRun(config, videos, models, captions, folder, CancellationToken.None);
            var report = await run.RunAsync();
            if (report.Mismatches() is [var mismatch, ..])
                throw new InvalidOperationException(mismatch);
            foreach (var warning in report.Warnings)
                Console.Error.WriteLine(warning);
            var reader = ShardReader.Open(output);
            foreach (var failed in reader.Failed())
                Console.Error.WriteLine(failed.Reason);
            Console.WriteLine(JsonSerializer.Serialize(new Measured(PeakBytes(), run.Memory.MostTaken,
                report.Videos.In, report.Videos.Failed, report.Clips.Rows, report.VideoSeconds, report.Seconds)));
            return 0;
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    private static CaptionTeacher Slowed(CaptionTeacher teacher) => teacher with
    {
        Caption = requests =>
        {
            var begun = Stopwatch.GetTimestamp();
            IReadOnlyList<Candidate> candidates = teacher.Caption(requests);
            Thread.Sleep((SlowerBy - 1) * Stopwatch.GetElapsedTime(begun));
            return candidates;
        },
    };

    // "VmHWM:    402340 kB"
    private static long PeakBytes() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static string[] SamplePaths => [.. Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(PandaHome.Pipeline)!, "samples"), "*.mp4").Order(StringComparer.Ordinal)];

    private static void Samples(string folder, int count)
    {
        foreach (var sample in SamplePaths.Take(count))
            File.Copy(sample, Path.Combine(folder, Path.GetFileName(sample)));
    }

    private static void Looped(string folder, int minutes) =>
        Ffmpeg($"-stream_loop -1 -i {SamplePaths[0]} -t {60 * minutes} -an -c copy {Path.Combine(folder, "long.mp4")}");

    private static void Seconds(string folder, string name, int count)
    {
        for (var number = 0; number < count; number++)
            // Another second each: the same content twice would be refused.
            Ffmpeg($"-ss {number / SamplePaths.Length * 1.1:0.0} -i {SamplePaths[number % SamplePaths.Length]} -t 1 -an -c:v libx264 -preset ultrafast {Path.Combine(folder, $"{name} {number}.mp4".Replace(' ', '_'))}");
    }

    private static void Huge(string folder) =>
        Ffmpeg($"-f lavfi -i testsrc2=s=7680x4320:r=10:d=4,format=yuv420p -c:v libx264 -preset ultrafast -x264-params rc-lookahead=0:threads=2 {Path.Combine(folder, "huge.mp4")}");

    private static void Ffmpeg(string arguments)
    {
        using var ffmpeg = Process.Start(new ProcessStartInfo("ffmpeg", "-v error -nostdin -y " + arguments))!;
        ffmpeg.WaitForExit();
        if (ffmpeg.ExitCode != 0)
            throw new InvalidOperationException($"ffmpeg {arguments} ended with {ffmpeg.ExitCode}");
    }
}
