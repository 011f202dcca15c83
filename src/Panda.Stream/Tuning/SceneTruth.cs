using System.Text.Json;
using Panda.Stream.Native.Files;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>The true scenes of one video, in frames: <c>{"fps": 30, "frames": 2220, "scenes": [[0, 120], ...]}</c>.</summary>
public sealed class SceneTruth
{
    private const int MostBytes = 16 << 20; // a scene takes some twenty bytes

    private readonly int[] _starts;
    private readonly double _tolerance;

    private SceneTruth(int[] starts, double fps) => (_starts, _tolerance) = (starts, fps / 10);

    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public static SceneTruth Load(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(RegularFile.ReadAll(path, MostBytes));
            return new(
                [.. json.RootElement.GetProperty("scenes").EnumerateArray().Select(scene => scene[0].GetInt32())],
                json.RootElement.GetProperty("fps").GetDouble());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidDataException($"{path}: found {error.Message}, expected {{\"fps\": ..., \"scenes\": [[first frame, end], ...]}}", error);
        }
    }

    /// <summary>Counts the borders between neighbouring segments, and those decided right: joined within a scene, not joined where another begins (within a tenth of a second).</summary>
    public (int Right, int Borders) Judge(IReadOnlyList<SegmentOutcome> outcomes, double stitch)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var ordered = outcomes.OrderBy(outcome => outcome.Source.Segment.Index).ToArray();
        var right = ordered.Skip(1).Count(outcome => outcome.Join <= stitch != BeginsScene(outcome.Source.Segment.Start));
        return (right, Math.Max(0, ordered.Length - 1));
    }

    private bool BeginsScene(int frame) => _starts.Any(start => Math.Abs(start - frame) < _tolerance);
}
