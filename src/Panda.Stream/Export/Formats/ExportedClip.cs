using System.Text.Encodings.Web;
using System.Text.Json;
using Panda.Stream.Shards;
using Panda.Stream.Splitting;

namespace Panda.Stream.Export.Formats;

/// <summary>A clip as it is exported.</summary>
/// <param name="File">Its cut file; null when clips are not cut.</param>
public sealed record ExportedClip(ClipRow Row, string? File)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Its name as a file, without an ending.</summary>
    public string Key => SampleKey.Of(Row.ClipId);

    /// <summary>The row as one line of JSON.</summary>
    /// <param name="clip">Where its file lies, as a reader of that line is to find it; null leaves that key out.</param>
    public string ToJson(string? clip) => JsonSerializer.Serialize(
        new
        {
            Row.ClipId, Row.VideoId, Row.Source, Row.StartFrame, Row.EndFrame, StartS = Row.StartSeconds, EndS = Row.EndSeconds,
            Timestamp = (string[])[TimeText.OfSeconds(Row.StartSeconds), TimeText.OfSeconds(Row.EndSeconds)],
            Row.Fps, Row.Width, Row.Height, Row.Caption, Row.CaptionTeacher, Row.MatchingScore, Row.Title, Row.Description, Row.Subtitles, Clip = clip,
        },
        Form);
}

/// <summary>One part of an export in the making; files of it are complete once <see cref="IDisposable.Dispose"/> returns.</summary>
public interface IExportFormat : IDisposable
{
    /// <summary>Writes the clips of one video, in order of time, at least one.</summary>
    void Write(IReadOnlyList<ExportedClip> video);
}
