using System.Text;
using System.Text.Json;

namespace Panda.Stream.Videos;

/// <summary>
/// A video's JSON: <c>title</c>, <c>description</c> and <c>subtitles: [{start, end, text}]</c>, times in seconds or as "HH:MM:SS.mmm".
/// Other keys are passed over. Read token by token, so that a warning can name the line.
/// </summary>
internal static class JsonSidecar
{
    internal static VideoText Read(byte[] file, Action<int, string> warn) => Read(file, warn, withSubtitles: true);

    /// <summary>yt-dlp's form, whose <c>subtitles</c> are something else: where to download them.</summary>
    internal static VideoText ReadInfo(byte[] file, Action<int, string> warn) => Read(file, warn, withSubtitles: false);

    private static VideoText Read(byte[] file, Action<int, string> warn, bool withSubtitles)
    {
        string title = "", description = "";
        var lines = new List<SubtitleLine>();
        var json = file.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? file.AsSpan(3) : file;
        var document = new Document(json, warn);
        try
        {
            document.ReadStart("an object with title, description or subtitles");
            while (document.ReadKey() is { } key)
            {
                if (key == "title")
                    title = document.Text(key, SidecarLimits.Title) ?? "";
                else if (key == "description")
                    description = document.Text(key, SidecarLimits.Description) ?? "";
                else if (key == "subtitles" && withSubtitles)
                    ReadSubtitles(ref document, lines);
                else
                    document.Skip();
            }
        }
        catch (JsonException broken)
        {
            warn((int)(broken.LineNumber ?? 0) + 1, $"found broken JSON ({broken.Message.Split(" LineNumber:")[0]}), expected title, description, subtitles");
        }
        catch (InvalidOperationException broken)
        {
            warn(document.Line(), $"found text that is not UTF-8 ({broken.Message}), expected title, description, subtitles");
        }
        return new VideoText(title, description, [.. lines.OrderBy(line => line.Start)]);
    }

    private static void ReadSubtitles(ref Document document, List<SubtitleLine> lines)
    {
        if (!document.EntersArray("a list of subtitles"))
            return;
        while (document.EntersNextObject("{start, end, text}"))
        {
            var at = document.Line();
            double? start = null, end = null;
            string? text = null;
            while (document.ReadKey() is { } key)
            {
                if (key == "start")
                    start = document.Seconds(key);
                else if (key == "end")
                    end = document.Seconds(key);
                else if (key == "text")
                    text = document.Text(key, SidecarLimits.Line);
                else
                    document.Skip();
            }
            if (start is null || end is null || text is null || end < start)
                document.Warn(at, $"found a subtitle from {start?.ToString() ?? "?"} to {end?.ToString() ?? "?"} s {(text is null ? "without" : "with")} text, expected start <= end and text");
            else if (SubtitleFile.CleanText(text) is { Length: > 0 } clean && lines.Count < SidecarLimits.Subtitles)
                lines.Add(new SubtitleLine(start.Value, end.Value, clean));
        }
    }

    /// <summary>A JSON reader that tells the line of each token and warns instead of failing on values of the wrong kind.</summary>
    private ref struct Document(ReadOnlySpan<byte> json, Action<int, string> warn)
    {
        private readonly ReadOnlySpan<byte> _json = json;
        private Utf8JsonReader _reader = new(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        private int _counted, _lineEnds;

        /// <summary>The line of the token. The lines are counted on from the last call: from the start each time would take the square of the file's length.</summary>
        internal int Line()
        {
            var at = (int)_reader.TokenStartIndex;
            _lineEnds += _json[_counted..at].Count((byte)'\n');
            _counted = at;
            return _lineEnds + 1;
        }

        internal readonly void Warn(int line, string message) => warn(line, message);

        internal void ReadStart(string expected)
        {
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject)
                WarnAndSkip(expected);
        }

        /// <summary>The next key of the current object, its value read up to; null at the object's end.</summary>
        internal string? ReadKey()
        {
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
                return null;
            var key = _reader.GetString();
            _reader.Read();
            return key;
        }

        internal void Skip() => _reader.Skip();

        internal bool EntersArray(string expected)
        {
            if (_reader.TokenType == JsonTokenType.StartArray)
                return true;
            if (_reader.TokenType != JsonTokenType.Null)
                WarnAndSkip(expected);
            return false;
        }

        internal bool EntersNextObject(string expected)
        {
            while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
            {
                if (_reader.TokenType == JsonTokenType.StartObject)
                    return true;
                WarnAndSkip(expected);
            }
            return false;
        }

        /// <summary>The text, cut to the length that is allowed.</summary>
        internal string? Text(string key, int most)
        {
            if (_reader.TokenType == JsonTokenType.String)
            {
                var text = _reader.GetString()!;
                if (text.Length > most)
                    warn(Line(), $"found {text.Length} letters as {key}, expected at most {most}; the rest is left out");
                return SidecarLimits.Cut(text, most);
            }
            if (_reader.TokenType != JsonTokenType.Null)
                WarnAndSkip($"text as {key}");
            return null;
        }

        internal double? Seconds(string key)
        {
            if (_reader.TokenType == JsonTokenType.Number)
                return _reader.GetDouble();
            if (_reader.TokenType == JsonTokenType.String && SubtitleFile.TryParseTime(_reader.GetString()!, out var seconds))
                return seconds;
            WarnAndSkip($"seconds or \"HH:MM:SS.mmm\" as {key}");
            return null;
        }

        private void WarnAndSkip(string expected)
        {
            var found = _reader.TokenType switch
            {
                JsonTokenType.StartObject => "an object",
                JsonTokenType.StartArray => "a list",
                JsonTokenType.None => "nothing",
                _ => SubtitleFile.Shortened(Encoding.UTF8.GetString(_reader.ValueSpan)),
            };
            warn(Line(), $"found {found}, expected {expected}");
            _reader.Skip();
        }
    }
}
