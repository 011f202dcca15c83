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

    public int StreamIndex => Read(LibavLayout.AVPacket_stream_index);

    /// <summary>Bytes of its data.</summary>
    public int Size => Read(LibavLayout.AVPacket_size);

    /// <summary>Whether the demuxer knows the packet to be damaged or cut short.</summary>
    public bool IsCorrupt => (Read(LibavLayout.AVPacket_flags) & LibavConstants.AV_PKT_FLAG_CORRUPT) != 0;

    /// <summary>Lets the data go; the holder stays usable.</summary>
    public void Clear() => AvCodec.av_packet_unref(Handle);

    public void Dispose() => Handle.Dispose();

    private int Read(int offset)
    {
        var value = *(int*)(Handle.DangerousGetHandle() + offset);
        GC.KeepAlive(Handle);
        return value;
    }
}
