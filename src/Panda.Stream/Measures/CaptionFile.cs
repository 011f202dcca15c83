using System.Text.Json;

namespace Panda.Stream.Measures;

/// <summary>Nothing of a file of captions can be measured; the message names the file and what was expected.</summary>
public sealed class CaptionFileException(string message) : Exception(message);

/// <summary>
/// Captions in JSON lines: <c>{"id": "a", "caption": "..."}</c> or <c>{"id": "a", "captions": ["...", "..."]}</c>; <c>clip_id</c> may
/// stand for <c>id</c>, so that an export's JSON lines are such a file. Other keys are passed over. A bad line costs itself.
/// </summary>
public static class CaptionFile
{
    /// <summary>The candidates of one file, each with its references from the other, in the candidates' order.</summary>
    /// <param name="candidates">One caption for each id.</param>
    /// <param name="references">One or more for each id.</param>
    /// <param name="unfit">Takes lines that are none, candidates without a reference, and those of an id that has one already.</param>
    /// <exception cref="CaptionFileException">No candidate is left.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<MeasuredCaption> Pair(string candidates, string references, ICollection<UnfitLine> unfit)
    {
        ArgumentNullException.ThrowIfNull(unfit);
        var found = Read(references, unfit).ToLookup(line => line.Id, line => line.Captions);
        var pairs = new OrderedDictionary<string, MeasuredCaption>(StringComparer.Ordinal);
        foreach (var (line, id, captions) in Read(candidates, unfit))
        {
            var own = found[id].SelectMany(texts => texts).ToList();
            var fault = captions.Count != 1 ? $"found {Plural.Of(captions.Count, "candidate")} for '{id}', expected one"
                : pairs.ContainsKey(id) ? $"found a second candidate for '{id}', expected one"
                : own.Count == 0 ? $"found no reference for '{id}' in {references}, expected one or more"
                : null;
            if (fault is null)
                pairs.Add(id, new(id, captions[0], own));
            else
                unfit.Add(new(line, $"{candidates}({line}): {fault}"));
        }
        return pairs.Count > 0 ? [.. pairs.Values] : throw new CaptionFileException($"{candidates}: found no caption that can be measured, expected a line {{\"id\": ..., \"caption\": ...}} for each");
    }

    private static IEnumerable<(int Line, string Id, List<string> Captions)> Read(string path, ICollection<UnfitLine> unfit)
    {
        if (!File.Exists(path))
            throw new CaptionFileException($"{path}: found {(Directory.Exists(path) ? "a folder" : "nothing")}, expected a file with a line {{\"id\": ..., \"caption\": ...}} for each caption");
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (Parse(line) is (var id, var captions))
                yield return (index + 1, id, captions);
            else
                unfit.Add(new(index + 1, $"{path}({index + 1}): found {(line.Length > 80 ? line[..80] + "..." : line)}, expected {{\"id\": \"...\", \"caption\": \"...\"}} or {{\"id\": \"...\", \"captions\": [\"...\"]}}"));
        }
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
