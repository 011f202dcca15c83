using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Shards;

namespace Panda.Stream.Export.Cutting;

/// <summary>The packets of a video's stream in the order in which they lie in the file, by which it shows where a clip can be cut out without decoding.</summary>
internal sealed class PacketIndex
{
    private readonly List<long> _pts = [];
    private readonly List<bool> _startsAnew = [];
    private bool _isWhole = true;

    /// <summary>Reads the whole file below the codec.</summary>
    internal static PacketIndex Of(MediaInput input, int stream)
    {
        var index = new PacketIndex();
        using var packet = new Packet();
        while (input.ReadNext(packet))
        {
            if (packet.StreamIndex == stream)
            {
                // Without times, or with packets that are decoded and not shown, packets say nothing of frames.
                index._isWhole &= packet is { Pts: not null, Dts: not null, IsDiscarded: false, IsCorrupt: false };
                index._pts.Add(packet.Pts ?? 0);
                index._startsAnew.Add(packet.IsKey);
            }
            packet.Clear();
        }
        return index;
    }

    /// <summary>
    /// The packets of a clip, when they can be copied: they lie side by side, the first is a key frame, they are as many as the clip has
    /// frames, and no other packet is shown between them. Null when the clip must be encoded anew.
    /// </summary>
    internal Range? CopyOf(ClipRow clip)
    {
        var first = _pts.IndexOf(clip.StartPts);
        var end = first + clip.EndFrame - clip.StartFrame;
        if (!_isWhole || first < 0 || end > _pts.Count || !_startsAnew[first])
            return null;
        for (var i = 0; i < _pts.Count; i++)
            if (clip.StartPts <= _pts[i] && _pts[i] < clip.EndPts != (first <= i && i < end))
                return null;
        return first..end;
    }
}

internal static class MediaInputPackets
{
    /// <summary>Reads the next packet; false at the end, and at an error that ends the file.</summary>
    internal static bool ReadNext(this MediaInput input, Packet packet)
    {
        int code;
        do
            code = input.Read(packet);
        while (code == LibavConstants.AVERROR_EAGAIN);
        return code >= 0;
    }
}
