namespace Panda.Stream.Videos;

/// <summary>A video's frames one by one in order of presentation, wherever the decoder runs. For one thread at a time.</summary>
public interface IFrameSource : IDisposable
{
    VideoStreamInfo Info { get; }

    /// <summary>Packets that the demuxer knows to be damaged or cut short, so far.</summary>
    int CorruptPackets { get; }

    /// <summary>Packets that the codec refused and frames in which it concealed damage, so far.</summary>
    int DecodeErrors { get; }

    /// <summary>How often the times of the file went back so far; ours never do.</summary>
    int BackwardJumps { get; }

    /// <summary>How the video ended; null until the last frame was read.</summary>
    DecodeEnd? End { get; }

    /// <summary>Why a card that was asked for did not decode it, or not all of it, in words; null when it did, none was asked for, or another video has said so.</summary>
    string? CardRefusal => null;

    /// <summary>Reads the next frame.</summary>
    /// <param name="frame">A lease that the caller disposes.</param>
    /// <returns>False at the end, when <see cref="End"/> is set.</returns>
    bool TryRead(out DecodedFrame frame);
}

/// <summary>Opens one video after another for one lane.</summary>
public interface IVideoOpener : IDisposable
{
    /// <param name="interrupt">Ends waits for the file or the decoder, while it is opened and later; what was read until then stays.</param>
    /// <exception cref="VideoException">There is no file, or no video in it, or its decoder broke; the message says what was found.</exception>
    IVideoHeader Open(string path, CancellationToken interrupt);
}

/// <summary>A video whose container has been read and of which nothing is decoded yet, wherever that is done: what it takes can be judged before it is taken.</summary>
public interface IVideoHeader : IDisposable
{
    string Path { get; }

    /// <summary>The video as the container describes it; the first frame may turn out otherwise.</summary>
    VideoStreamInfo Info { get; }

    /// <summary>Bytes of one decoded picture at the size and format of the header; null when no picture can be so large.</summary>
    long? PictureBytes { get; }

    /// <summary>Begins to decode it. The header belongs to the frames from then on: both may be disposed, in any order.</summary>
    /// <param name="threads">Codec threads.</param>
    /// <exception cref="VideoException">There is no decodable frame in it, or its decoder broke.</exception>
    IFrameSource Decode(int threads);
}

/// <summary>Decodes in this process.</summary>
public sealed class ThreadOpener : IVideoOpener
{
    public IVideoHeader Open(string path, CancellationToken interrupt) => VideoHeader.Read(path, interrupt);

    public void Dispose()
    {
    }
}
