using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Shards;
using Panda.Stream.Videos;

namespace Panda.Stream.Export.Cutting;

/// <summary>What became of one clip that was to be cut: the file, or why there is none.</summary>
/// <param name="Copied">Whether its packets were copied; else it was encoded anew.</param>
public sealed record CutClip(ClipRow Clip, string Path, bool Copied, string? Failure);

/// <summary>
/// Cuts clips out of a video into MP4 files without sound, frame for frame: each file has the frames StartFrame to EndFrame of the video
/// as this decoder counts them, shown from 0 on at their own times. Where a cut falls on key frames packets are copied, and the copy is
/// decoded once to see that it has all frames; else the clip is encoded anew as H.264. Sound is left out: captions tell what is seen,
/// and sound cannot be cut at frames without encoding it anew.
/// </summary>
public sealed class ClipCutter
{
    private readonly string _source;
    private readonly int _threads;
    private readonly Func<ClipRow, string> _fileOf;

    private ClipCutter(string source, int threads, Func<ClipRow, string> fileOf) => (_source, _threads, _fileOf) = (source, threads, fileOf);

    /// <summary>Cuts clips of one video; one that fails costs itself.</summary>
    /// <param name="source">The video.</param>
    /// <param name="clips">Clips of it in order of time, without overlap.</param>
    /// <param name="threads">Threads of the decoder and of the encoder.</param>
    /// <param name="fileOf">Where a clip's file goes; its folder exists.</param>
    public static IReadOnlyList<CutClip> Cut(string source, IReadOnlyList<ClipRow> clips, int threads, Func<ClipRow, string> fileOf)
    {
        ArgumentNullException.ThrowIfNull(clips);
        var cutter = new ClipCutter(source, threads, fileOf);
        try
        {
            var copied = cutter.Copy(clips);
            var failures = cutter.Encode([.. clips.Where(clip => !copied.Contains(clip.ClipId))]);
            return [.. clips.Select(clip => new CutClip(clip, fileOf(clip), copied.Contains(clip.ClipId), failures.GetValueOrDefault(clip.ClipId)))];
        }
        catch (Exception reason) when (reason is LibavException or VideoException)
        {
            return [.. clips.Select(clip => new CutClip(clip, fileOf(clip), false, reason.Message))];
        }
    }

    /// <summary>Copies the clips that can be copied.</summary>
    /// <returns>Those that were, and that decode to all their frames.</returns>
    private HashSet<string> Copy(IReadOnlyList<ClipRow> clips)
    {
        if (VideoFile.Unusable(_source, out _) is { } reason)
            throw new VideoException(_source, reason);
        var ranges = new Queue<(ClipRow Clip, Range Packets)>();
        using (var input = Open(out var stream))
        {
            var packets = PacketIndex.Of(input, stream.Index);
            foreach (var clip in clips.Where(clip => clip.TimeBase == stream.TimeBase))
                if (packets.CopyOf(clip) is { } range)
                    ranges.Enqueue((clip, range));
        }
        var copied = new HashSet<string>(StringComparer.Ordinal);
        if (ranges.Count == 0)
            return copied;

        using var again = Open(out var video);
        using var packet = new Packet();
        for (var index = 0; ranges.TryPeek(out var next) && again.ReadNext(packet);)
        {
            if (packet.StreamIndex != video.Index)
            {
                packet.Clear();
                continue;
            }
            if (index == next.Packets.Start.Value)
            {
                ranges.Dequeue();
                index = next.Packets.End.Value;
                if (TryCopy(next.Clip, again, video, packet))
                    copied.Add(next.Clip.ClipId);
                continue;
            }
            index++;
            packet.Clear();
        }
        return copied;
    }

    /// <summary>Copies one clip, from the packet that was just read; the input then stands behind its last.</summary>
    private bool TryCopy(ClipRow clip, MediaInput input, MediaStream stream, Packet packet)
    {
        var left = clip.EndFrame - clip.StartFrame;
        MediaOutput? output = null;
        try
        {
            try
            {
                output = MediaOutput.Copying(_fileOf(clip), input, stream.Index);
            }
            catch (LibavException)
            {
                // A codec that MP4 does not hold: the packets are passed over, the clip is encoded.
            }
            while (true)
            {
                if (packet.StreamIndex == stream.Index)
                {
                    (packet.Pts, packet.Dts) = (packet.Pts - clip.StartPts, packet.Dts - clip.StartPts);
                    output?.Write(packet, stream.TimeBase);
                    left--;
                }
                packet.Clear();
                if (left == 0 || !input.ReadNext(packet))
                    break;
            }
            output?.Finish();
        }
        finally
        {
            output?.Dispose();
        }
        return output is not null && HasAllFrames(clip);
    }

    private bool HasAllFrames(ClipRow clip)
    {
        try
        {
            using var decoder = VideoDecoder.Open(_fileOf(clip), _threads);
            var frames = 0;
            for (; decoder.TryRead(out var frame); frames++)
                frame.Dispose();
            return frames == clip.EndFrame - clip.StartFrame && decoder.DecodeErrors == 0;
        }
        catch (VideoException)
        {
            return false;
        }
    }

    /// <summary>Decodes the video up to the end of the last clip and encodes what lies in clips.</summary>
    /// <returns>The clips that failed, with the reason.</returns>
    private Dictionary<string, string> Encode(IReadOnlyList<ClipRow> clips)
    {
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        if (clips.Count == 0)
            return failures;
        using var input = Open(out var stream);
        using var decoder = VideoDecoder.Open(_source, _threads);
        var waiting = new Queue<ClipRow>(clips);
        ClipRow? current = null;
        ClipEncoding? encoding = null;
        try
        {
            while ((current is not null || waiting.Count > 0) && decoder.TryRead(out var frame))
            {
                using (frame)
                {
                    if (current is null && waiting.Peek().StartFrame == frame.Index)
                        current = waiting.Dequeue();
                    if (current is null)
                        continue;
                    try
                    {
                        if (current.StartFrame == frame.Index)
                            encoding = Begin(current, frame);
                        encoding?.Add(frame);
                        if (current.EndFrame == frame.Index + 1)
                            encoding?.Finish();
                    }
                    catch (LibavException reason)
                    {
                        failures[current.ClipId] = reason.Message;
                    }
                    if (current.EndFrame == frame.Index + 1 || failures.ContainsKey(current.ClipId))
                    {
                        encoding?.Dispose();
                        (current, encoding) = (null, null);
                    }
                }
            }
        }
        finally
        {
            encoding?.Dispose();
        }
        foreach (var clip in waiting.Prepend(current).OfType<ClipRow>())
            failures[clip.ClipId] = $"found that {_source} {decoder.End}, expected at least {clip.EndFrame} frames, or no overlap of clips";
        return failures;

        ClipEncoding? Begin(ClipRow clip, DecodedFrame first)
        {
            if (decoder.Info.TimeBase == clip.TimeBase && first.Pts == clip.StartPts)
                return new ClipEncoding(clip, _fileOf(clip), first, decoder.Info, input, stream.Index, _threads);
            failures[clip.ClipId] = $"found time {first.Pts} x {decoder.Info.TimeBase} s at frame {first.Index} of {_source}, expected {clip.StartPts} x {clip.TimeBase} s: it is not the file that was split";
            return null;
        }
    }

    private MediaInput Open(out MediaStream stream)
    {
        var input = MediaInput.Open(Path.GetFullPath(_source));
        var best = input.FindBestVideo();
        if (best < 0)
        {
            input.Dispose();
            throw new VideoException(_source, "found no video stream, expected the video that was split");
        }
        stream = input.Streams[best];
        input.DiscardAllBut(best);
        return input;
    }
}
