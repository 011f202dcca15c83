using System.Diagnostics;
using System.Globalization;

namespace Panda.Stream.Perf;

/// <summary>The reference, where this machine's <c>python3</c> has it: its content detector alone over a whole video, start-up not counted.</summary>
internal static class PySceneDetect
{
    private const string Detect = """
        import sys, time
        from scenedetect import open_video, SceneManager, ContentDetector
        for _ in range(int(sys.argv[2])):
            video = open_video(sys.argv[1])
            manager = SceneManager()
            manager.add_detector(ContentDetector(threshold=25))
            begun = time.perf_counter()
            frames = manager.detect_scenes(video)
            print(frames / (time.perf_counter() - begun))
        """;

    /// <summary>Its version; null where there is none.</summary>
    public static string? Version { get; } = Python("import scenedetect; print(scenedetect.__version__)")?.Trim();

    /// <param name="processes">How many of them work on the video side by side; each uses all cores, as OpenCV does.</param>
    /// <returns>Of all processes together, the median of the rounds; null where there is no such program.</returns>
    public static double? FramesPerSecond(string video, int rounds, int processes)
    {
        if (Version is null)
            return null;
        var all = Enumerable.Range(0, processes).Select(_ => Task.Run(() => Rounds(video, rounds))).ToArray();
        return all.Sum(one => Measuring.Median(one.Result));
    }

    private static IEnumerable<double> Rounds(string video, int rounds) =>
        (Python(Detect, video, rounds.ToString(CultureInfo.InvariantCulture)) ?? throw new InvalidOperationException($"PySceneDetect failed on {video}."))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture));

    private static string? Python(string code, params string[] arguments)
    {
        try
        {
            using var python = Process.Start(new ProcessStartInfo("python3", ["-c", code, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            _ = python.StandardError.ReadToEndAsync();
            var output = python.StandardOutput.ReadToEnd();
            python.WaitForExit();
            return python.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no Python either
        }
    }
}
