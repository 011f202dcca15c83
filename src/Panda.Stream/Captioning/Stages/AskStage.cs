using System.Globalization;

namespace Panda.Stream.Captioning.Stages;

/// <summary>A stage that asks another teacher for a text: of the clip, or of single frames.</summary>
internal sealed class AskStage(StageCard card, Teacher asked) : IDisposable
{
    internal string Identity => asked.Identity;

    internal (int Width, int Height) PictureSize => asked.PictureSize;

    internal void Run(IReadOnlyList<ClipWork> clips)
    {
        var questions = new List<(ClipWork Clip, double Seconds, ClipQuestion Question)>();
        foreach (var clip in clips)
        {
            if (card.Each == StageEach.Clip)
            {
                questions.Add((clip, 0, new(clip.Request, clip.Texts)));
                continue;
            }
            var seconds = card.Line.Contains("{seconds}", StringComparison.Ordinal) ? clip.Seconds().ToArray() : new double[clip.Frames.Count];
            for (var i = 0; i < clip.Frames.Count; i += card.Every)
            {
                var frame = clip.Frames[i];
                questions.Add((clip, seconds[i], new(clip.Request with { ClipId = $"{clip.Request.ClipId}#{frame.Index}", Kept = [frame], Start = frame.Index, FrameCount = 1 }, clip.Texts)));
            }
        }
        var answers = asked.Answer([.. questions.Select(question => question.Question)]);
        foreach (var told in questions.Zip(answers).GroupBy(one => one.First.Clip))
        {
            var clip = told.Key;
            clip.Error ??= told.Select(one => one.Second.Error).FirstOrDefault(error => error is not null) is { } error ? $"{card.Into}, by {asked.Name}: {error}" : null;
            clip.Texts[card.Into!] = string.Join(card.Join, told.Select(one => card.Line
                .Replace("{seconds}", one.First.Seconds.ToString("0.0", CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("{text}", one.Second.Text, StringComparison.Ordinal)));
        }
    }

    public void Dispose() => asked.Dispose();
}
