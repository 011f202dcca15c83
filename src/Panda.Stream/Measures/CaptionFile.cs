using System.Text.Json;

namespace Panda.Stream.Measures;

/// <summary>A file of captions cannot be measured; the message names file, line and what was expected.</summary>
public sealed class CaptionFileException(string message) : Exception(message);

/// <summary>
/// Captions in JSON lines: <c>{"id": "a", "caption": "..."}</c> or <c>{"id": "a", "captions": ["...", "..."]}</c>; <c>clip_id</c> may
/// stand for <c>id</c>, so that an export's JSON lines are such a file. Other keys are passed over. An id may come several times.
/// </summary>
public static class CaptionFile
{
    /// <summary>The candidates of one file, each with its references from the other, in the candidates' order.</summary>
    /// <exception cref="CaptionFileException">A line is broken, an id has two candidates, or no reference.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<MeasuredCaption> Pair(string candidates, string references)
    {
        var found = Read(references);
        var pairs = new List<MeasuredCaption>();
        foreach (var (id, captions) in Read(candidates))
        {
            if (captions.Count != 1)
                throw new CaptionFileException($"{candidates}: found {captions.Count} candidates for '{id}', expected one");
            if (!found.TryGetValue(id, out var own) || own.Count == 0)
                throw new CaptionFileException($"{references}: found no reference for '{id}', expected one or more for each candidate of {candidates}");
            pairs.Add(new(id, captions[0], own));
        }
        return pairs.Count > 0 ? pairs : throw new CaptionFileException($"{candidates}: found no caption, expected a line {{\"id\": ..., \"caption\": ...}} for each");
    }

    private static OrderedDictionary<string, List<string>> Read(string path)
    {
        var captions = new OrderedDictionary<string, List<string>>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var (id, own) = Parse(line) ?? throw new CaptionFileException(
                $"{path}({number}): found {(line.Length > 80 ? line[..80] + "..." : line)}, expected {{\"id\": \"...\", \"caption\": \"...\"}} or {{\"id\": \"...\", \"captions\": [\"...\"]}}");
            if (!captions.TryGetValue(id, out var all))
                captions.Add(id, all = []);
            all.AddRange(own);
        }
        return captions;
    }

    private static (string Id, List<string> Captions)? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            if (row.ValueKind != JsonValueKind.Object || !(row.TryGetProperty("id", out var id) || row.TryGetProperty("clip_id", out id)))
                return null;
            var captions = row.TryGetProperty("captions", out var several) && several.ValueKind == JsonValueKind.Array ? several.EnumerateArray().ToList()
                : row.TryGetProperty("caption", out var one) ? [one] : [];
            var name = id.ValueKind switch { JsonValueKind.String => id.GetString()!, JsonValueKind.Number => id.GetRawText(), _ => "" };
            return name.Length == 0 || captions.Count == 0 || captions.Exists(caption => caption.ValueKind != JsonValueKind.String)
                ? null : (name, captions.ConvertAll(caption => caption.GetString()!));
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
