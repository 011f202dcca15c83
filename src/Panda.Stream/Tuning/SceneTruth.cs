using System.Text.Json;
using System.Text.Unicode;
using Panda.Stream.Native.Files;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tuning;

/// <summary>The true scenes of one video, in frames: <c>{"fps": 30, "scenes": [[0, 120], [120, 300], ...]}</c>, in order, without overlap; other keys are passed over.</summary>
public sealed class SceneTruth
{
    private const int MostBytes = 16 << 20; // a scene takes some twenty bytes

    private readonly int[] _starts;
    private readonly double _tolerance;

    private SceneTruth(int[] starts, double fps) => (_starts, _tolerance) = (starts, fps / 10);

    /// <param name="path">The file.</param>
    /// <param name="frames">How many frames the video has.</param>
    /// <exception cref="InvalidDataException">It is not such a file, or not of this video.</exception>
    public static SceneTruth Load(string path, int frames)
    {
        using var json = Parse(path);
        var root = json.RootElement;
        var fps = Key(path, root, "fps");
        // TryGetDouble takes 1e999 for infinity.
        if (fps.ValueKind != JsonValueKind.Number || !fps.TryGetDouble(out var rate) || rate <= 0 || !double.IsFinite(rate))
            throw Wrong(path, "fps", fps, "frames per second above 0");
        var scenes = Key(path, root, "scenes");
        if (scenes.ValueKind != JsonValueKind.Array || scenes.GetArrayLength() == 0)
            throw Wrong(path, "scenes", scenes, "a list of [first frame, end]");
        var starts = new List<int>();
        var before = 0;
        foreach (var (i, scene) in scenes.EnumerateArray().Index())
        {
            if (scene.ValueKind != JsonValueKind.Array || scene.GetArrayLength() != 2
                || !IsFrame(scene[0], out var start) || !IsFrame(scene[1], out var end) || start < before || end <= start || end > frames)
                throw Wrong(path, $"scenes[{i}]", scene, $"[first frame, end] behind the scene before it and within the video: {before} <= first frame < end <= {frames}");
            starts.Add(start);
            before = end;
        }
        return new([.. starts], rate);
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

    private static JsonDocument Parse(string path)
    {
        var bytes = RegularFile.ReadAll(path, MostBytes);
        if (!Utf8.IsValid(bytes))
            throw new InvalidDataException($"{path}: found bytes that are not UTF-8, expected JSON");
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path}({broken.LineNumber + 1},{broken.BytePositionInLine + 1}): found text that is not JSON, expected {{\"fps\": ..., \"scenes\": [[first frame, end], ...]}}", broken);
        }
    }

    private static JsonElement Key(string path, JsonElement root, string key) =>
        root.ValueKind != JsonValueKind.Object ? throw Wrong(path, null, root, "{\"fps\": ..., \"scenes\": [[first frame, end], ...]}")
        : root.TryGetProperty(key, out var value) ? value
        : throw new InvalidDataException($"{path}: found no key '{key}', expected {{\"fps\": ..., \"scenes\": [[first frame, end], ...]}}");

    private static bool IsFrame(JsonElement value, out int frame)
    {
        frame = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out frame);
    }

    private static InvalidDataException Wrong(string path, string? where, JsonElement found, string expected)
    {
        const int Longest = 60;
        var text = found.GetRawText().ReplaceLineEndings(" ");
        return new($"{path}: {(where is null ? "" : where + ": ")}found {(text.Length > Longest ? text[..(Longest - 3)] + "..." : text)}, expected {expected}");
    }
}
