using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>A video whose container has been read and of which nothing is decoded yet: what it takes can be judged before it is taken.</summary>
public sealed class VideoHeader : IVideoHeader
{
    private VideoHeader(string path, long fileBytes, MediaInput input, MediaStream stream, CancellationToken interrupt)
    {
        (Path, FileBytes, Input, Stream, Interrupt) = (path, fileBytes, input, stream, interrupt);
        Info = VideoStreamInfo.Of(input, stream, first: null);
    }

    public string Path { get; }

    /// <summary>The video as the container describes it; the first frame may turn out otherwise.</summary>
    public VideoStreamInfo Info { get; }

    /// <summary>Bytes of one decoded picture at the size and format of the header; null when no picture can be so large.</summary>
    public long? PictureBytes => Frame.BytesOf(Stream.Format, Stream.Width, Stream.Height);

    internal long FileBytes { get; }

    internal MediaInput Input { get; }

    internal MediaStream Stream { get; }

    internal CancellationToken Interrupt { get; }

    /// <summary>Opens a video of any container that libav reads.</summary>
    /// <param name="interrupt">Ends waits for the file, now and while it is decoded.</param>
    /// <exception cref="VideoException">There is no file, or no video in it; the message says what was found instead.</exception>
    public static VideoHeader Read(string path, CancellationToken interrupt = default)
    {
        if ((VideoFile.Unusable(path, out var fileBytes) ?? Mp4Tables.Refusal(path)) is { } reason)
            throw new VideoException(path, reason);
        return ReadUnlooked(path, fileBytes, interrupt);
    }

    /// <summary>Reads what may be a pipe, of which <see cref="Read"/> would not wait for the other end.</summary>
    internal static VideoHeader ReadUnlooked(string path, long fileBytes, CancellationToken interrupt)
    {
        MediaInput? input = null;
        try
        {
            input = MediaInput.Open(System.IO.Path.GetFullPath(path), interrupt);
            return new VideoHeader(path, fileBytes, input, ChooseStream(path, input), interrupt);
        }
        catch (Exception failure)
        {
            input?.Dispose();
            if (failure is MediaFormatException)
                throw new VideoException(path, failure.Message, failure);
            if (failure is LibavException)
                throw Undecodable(path, failure);
            throw;
        }
    }

    public IFrameSource Decode(int threads) => VideoDecoder.Open(this, threads);

    internal static VideoException Undecodable(string path, Exception failure) =>
        new(path, $"found a file that libav cannot decode ({failure.Message}), expected a video", failure);

    public void Dispose() => Input.Dispose();

    private static MediaStream ChooseStream(string path, MediaInput input)
    {
        var best = input.FindBestVideo();
        if (best < 0)
            throw new VideoException(path, $"found {StreamsFound(input)}, expected a video stream");
        var stream = input.Streams[best];
        if (stream.IsStillImage || input.FormatName is "image2" || input.FormatName.EndsWith("_pipe", StringComparison.Ordinal))
            throw new VideoException(path, $"found a still image ({stream.Codec}), expected a video");
        return stream;
    }

    private static string StreamsFound(MediaInput input) => input.Streams.Count == 0
        ? $"a file without streams ({input.FormatName})"
        : string.Join(", ", input.Streams.Select(stream => stream.IsAttachedPicture ? $"attached picture ({stream.Codec})" : $"{stream.Kind} ({stream.Codec})")) + " only";
}
