using System.Text.Json;
using System.Text.Json.Serialization;

namespace Panda.Stream.Selection.Calibration;

/// <summary>A caption of a part of a video, and whether somebody found it good: <c>{"video": "a.mp4", "start_s": 0, "end_s": 2.5, "caption": "...", "good": true}</c>.</summary>
/// <param name="Video">Relative to the file that names it.</param>
/// <param name="StartS">In seconds from the start of the video; the end likewise, and it is later.</param>
public sealed record JudgedCaption(string Video, double StartS, double EndS, string Caption, bool Good);

/// <summary>Whether somebody found what a teacher said of a clip of a result good: <c>{"clip_id": "a-00000", "teacher": "...", "good": true}</c>.</summary>
public sealed record JudgedCandidate(string ClipId, string Teacher, bool Good);

/// <summary>Files of judgements: JSON lines. A bad line costs itself.</summary>
public static class JudgedLines
{
    private const int Shown = 80;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };

    /// <summary>The captions of a file with the numbers of their lines, counted from 1.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<(int Line, JudgedCaption Judged)> Captions(string path, ICollection<UnfitLine> unfit) =>
        Read<JudgedCaption>(path, """{"video": "...", "start_s": 0.0, "end_s": 2.5, "caption": "...", "good": true}""", unfit, line =>
            !(line.StartS >= 0 && line.EndS > line.StartS && double.IsFinite(line.EndS)) ? FormattableString.Invariant($"found a clip from {line.StartS} to {line.EndS} s, expected a start from 0 on and a later end")
            : string.IsNullOrWhiteSpace(line.Caption) ? "found an empty caption, expected words"
            : null);

    /// <summary>The candidates of a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<(int Line, JudgedCandidate Judged)> Candidates(string path, ICollection<UnfitLine> unfit) =>
        Read<JudgedCandidate>(path, """{"clip_id": "...", "teacher": "...", "good": true}""", unfit, _ => null);

    private static List<(int Line, T Judged)> Read<T>(string path, string form, ICollection<UnfitLine> unfit, Func<T, string?> fault) where T : class
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: found no such file, expected lines {form}", path);
        var judged = new List<(int, T)>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            T? read = null;
            try
            {
                read = JsonSerializer.Deserialize<T>(line, Json);
            }
            catch (JsonException)
            {
                // Told below.
            }
            var message = read is null ? $"found {(line.Length > Shown ? line[..Shown] + "..." : line)}, expected {form}" : fault(read);
            if (message is null)
                judged.Add((index + 1, read!));
            else
                unfit.Add(new(index + 1, $"{path}({index + 1}): {message}"));
        }
        return judged;
    }
}
