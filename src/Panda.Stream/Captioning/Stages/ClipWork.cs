using Panda.Stream.Videos;

namespace Panda.Stream.Captioning.Stages;

/// <summary>A clip on its way through a teacher: the frames that it sees and the texts that its stages made.</summary>
internal sealed class ClipWork(CaptionRequest request, IReadOnlyList<KeptFrame> frames, IReadOnlyDictionary<string, string> texts)
{
    internal CaptionRequest Request { get; } = request;

    /// <summary>In order of time; none when the teacher reads text alone.</summary>
    internal IReadOnlyList<KeptFrame> Frames { get; } = frames;

    /// <summary>Texts of stages, by name.</summary>
    internal Dictionary<string, string> Texts { get; } = new(texts);

    /// <summary>Why the clip gets no text; null as long as it may.</summary>
    internal string? Error { get; set; }

    /// <summary>When each frame is, in seconds from the clip's beginning.</summary>
    /// <exception cref="ArgumentException">The video's frame rate is not known.</exception>
    internal IEnumerable<double> Seconds() => Request.FrameRate > 0
        ? Frames.Select(frame => (frame.Index - Request.Start) / Request.FrameRate)
        : throw new ArgumentException($"clip {Request.ClipId}: found no frame rate, expected one for the times of its frames");
}
