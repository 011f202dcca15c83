using Panda.Stream.Shards;

namespace Panda.Stream.Export.Formats;

/// <summary>
/// The dataset's own table: a row for each video, whose cells are lists in Python's form with an item for each clip, written as
/// Python's csv module writes. Two columns are of models that are not part of this program (desirability, TransNetV2's shots):
/// their items are None.
/// </summary>
public sealed class Panda70MCsv : IExportFormat
{
    private readonly TextTable _table;

    public Panda70MCsv(string path)
    {
        _table = new TextTable(path);
        _table.WriteLine("videoID,url,timestamp,caption,matching_score,desirable_filtering,shot_boundary_detection");
    }

    public void Write(IReadOnlyList<ExportedClip> video)
    {
        ArgumentNullException.ThrowIfNull(video);
        var rows = video.Select(clip => clip.Row).ToList();
        _table.WriteLine(string.Join(',', ((string[])
        [
            rows[0].VideoId,
            new Uri(rows[0].Source).AbsoluteUri,
            Cell(rows, row => row.Timestamp),
            Cell(rows, row => PythonLiteral.Of(row.Caption!)),
            Cell(rows, row => row.MatchingScore is { } score ? PythonLiteral.Of(score) : PythonLiteral.None),
            Cell(rows, _ => PythonLiteral.None),
            Cell(rows, _ => PythonLiteral.None),
        ]).Select(Quoted)));
    }

    public void Dispose() => _table.Dispose();

    private static string Cell(IEnumerable<ClipRow> rows, Func<ClipRow, string> literal) => PythonLiteral.List(rows.Select(literal));

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny("\",\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
}
