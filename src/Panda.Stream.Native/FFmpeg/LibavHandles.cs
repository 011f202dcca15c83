using Microsoft.Win32.SafeHandles;

namespace Panda.Stream.Native.FFmpeg;

// One owner for each kind of libav object. None needs another to stay alive: a codec context copies the stream's
// parameters when it is opened, and a frame's pixels are counted references of their own.

internal sealed class FormatContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    private readonly InterruptFlag? _interrupt; // libav may ask it as long as the context lives

    internal FormatContextHandle(nint context, InterruptFlag interrupt) : this()
    {
        _interrupt = interrupt;
        SetHandle(context);
    }

    protected override bool ReleaseHandle()
    {
        AvFormat.avformat_close_input(ref handle);
        _interrupt?.Free();
        return true;
    }
}

internal sealed class OutputContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    internal OutputContextHandle(nint context) : this() => SetHandle(context);

    protected override bool ReleaseHandle()
    {
        _ = AvFormatOut.avio_closep(handle + LibavLayout.AVFormatContext_pb);
        AvFormatOut.avformat_free_context(handle);
        return true;
    }
}

internal sealed class CodecContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        AvCodec.avcodec_free_context(ref handle);
        return true;
    }
}

internal sealed class PacketHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        AvCodec.av_packet_free(ref handle);
        return true;
    }
}

internal sealed class FrameHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        AvUtil.av_frame_free(ref handle);
        return true;
    }
}

/// <summary>A counted reference to what libav shares.</summary>
internal sealed class BufferHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        AvUtil.av_buffer_unref(ref handle);
        return true;
    }
}

internal sealed class SwsContextHandle() : SafeHandleZeroOrMinusOneIsInvalid(true)
{
    protected override bool ReleaseHandle()
    {
        SwScale.sws_freeContext(handle);
        return true;
    }
}
