namespace Panda.Stream.Native.FFmpeg;

/// <summary>A reusable holder of one demuxed packet.</summary>
public sealed unsafe class Packet : IDisposable
{
    internal PacketHandle Handle { get; }

    public Packet()
    {
        Libav.Require();
        Handle = AvCodec.av_packet_alloc().Allocated("av_packet_alloc");
    }

    public int StreamIndex
    {
        get => Read<int>(LibavLayout.AVPacket_stream_index);
        set => Write(LibavLayout.AVPacket_stream_index, value);
    }

    /// <summary>When its picture is shown, in the time base of whoever made it; null when not known.</summary>
    public long? Pts
    {
        get => Known(Read<long>(LibavLayout.AVPacket_pts));
        set => Write(LibavLayout.AVPacket_pts, value ?? LibavConstants.AV_NOPTS_VALUE);
    }

    /// <summary>When it is decoded; never falls from packet to packet.</summary>
    public long? Dts
    {
        get => Known(Read<long>(LibavLayout.AVPacket_dts));
        set => Write(LibavLayout.AVPacket_dts, value ?? LibavConstants.AV_NOPTS_VALUE);
    }

    /// <summary>How long its picture is shown, 0 when not known.</summary>
    public long Duration
    {
        get => Read<long>(LibavLayout.AVPacket_duration);
        set => Write(LibavLayout.AVPacket_duration, value);
    }

    /// <summary>Whether decoding can start with it.</summary>
    public bool IsKey => (Read<int>(LibavLayout.AVPacket_flags) & LibavConstants.AV_PKT_FLAG_KEY) != 0;

    /// <summary>Whether it is decoded but not shown, as an edit list may ask.</summary>
    public bool IsDiscarded => (Read<int>(LibavLayout.AVPacket_flags) & LibavConstants.AV_PKT_FLAG_DISCARD) != 0;

    /// <summary>Bytes of its data.</summary>
    public int Size => Read<int>(LibavLayout.AVPacket_size);

    /// <summary>Whether the demuxer knows the packet to be damaged or cut short.</summary>
    public bool IsCorrupt => (Read<int>(LibavLayout.AVPacket_flags) & LibavConstants.AV_PKT_FLAG_CORRUPT) != 0;

    /// <summary>Lets the data go; the holder stays usable.</summary>
    public void Clear() => AvCodec.av_packet_unref(Handle);

    public void Dispose() => Handle.Dispose();

    private static long? Known(long time) => time == LibavConstants.AV_NOPTS_VALUE ? null : time;

    private T Read<T>(int offset) where T : unmanaged
    {
        var value = *(T*)(Handle.DangerousGetHandle() + offset);
        GC.KeepAlive(Handle);
        return value;
    }

    private void Write<T>(int offset, T value) where T : unmanaged
    {
        *(T*)(Handle.DangerousGetHandle() + offset) = value;
        GC.KeepAlive(Handle);
    }
}
