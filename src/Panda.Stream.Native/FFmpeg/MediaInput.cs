using System.Runtime.InteropServices;
using static Panda.Stream.Native.FFmpeg.LibavLayout;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>An opened media file: its container's name, its streams, its packets one after another.</summary>
public sealed unsafe class MediaInput : IDisposable
{
    private readonly FormatContextHandle _context;

    private MediaInput(FormatContextHandle context)
    {
        _context = context;
        FindStreamInfo();
        FormatName = Marshal.PtrToStringUTF8(Pointer(Pointer(Base, AVFormatContext_iformat), AVInputFormat_name)) ?? "";
        Duration = *(long*)(Base + AVFormatContext_duration) is > 0 and var time ? time / (double)LibavConstants.AV_TIME_BASE : null;
        Streams = [.. Enumerable.Range(0, StreamCount).Select(Describe)];
        GC.KeepAlive(context);
    }

    /// <summary>libav's names of the container format, e.g. <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</summary>
    public string FormatName { get; }

    /// <summary>Seconds as the container tells or libav estimates, null when not known.</summary>
    public double? Duration { get; }

    public IReadOnlyList<MediaStream> Streams { get; }

    /// <summary>Opens a file and reads as far as it takes to know its streams.</summary>
    /// <param name="interrupt">Ends waits for the file, now and later, as soon as libav asks.</param>
    /// <exception cref="LibavException">libav cannot read it; the message says why in libav's words.</exception>
    public static MediaInput Open(string path, CancellationToken interrupt = default)
    {
        Libav.Require();
        LibavLog.Clear();
        var context = AvFormat.avformat_alloc_context();
        if (context == 0)
            throw new InsufficientMemoryException("avformat_alloc_context: libav found no memory.");
        var flag = new InterruptFlag(interrupt);
        flag.GiveTo(context);
        // Left to itself libav takes a jump back in MPEG-TS for a wrap of its 33-bit clock and adds 26 hours; the decoder above sees both as a jump back.
        nint options = 0;
        AvUtil.av_dict_set(ref options, "correct_ts_overflow", "0", 0).Ok("av_dict_set");
        AvUtil.av_dict_set(ref options, "format_whitelist", SelfContainedFormats.List, 0).Ok("av_dict_set");
        AvUtil.av_dict_set(ref options, "max_streams", $"{LibavLimits.Streams}", 0).Ok("av_dict_set");
        // "file:" keeps libav from taking a name with a colon for a protocol.
        var opened = AvFormat.avformat_open_input(ref context, "file:" + path, 0, ref options);
        AvUtil.av_dict_free(ref options);
        if (opened < 0)
            flag.Free(); // libav has freed the context
        if (opened < 0 && LibavLog.LastError.Contains("Format not on whitelist", StringComparison.Ordinal))
            throw new MediaFormatException(opened, LibavLog.LastErrorSource == "image2" // by its name
                ? $"found a still image ({Path.GetExtension(path).TrimStart('.').ToLowerInvariant()}), expected a video"
                : "found a playlist or another file that names other files, expected one that holds its pictures itself");
        opened.Ok("avformat_open_input");
        var handle = new FormatContextHandle(context, flag);
        try
        {
            return new MediaInput(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The video stream that libav holds for the best, or a negative code; covers come last.</summary>
    public int FindBestVideo() =>
        AvFormat.av_find_best_stream(_context, LibavConstants.AVMEDIA_TYPE_VIDEO, -1, -1, out _, 0) is >= 0 and var best && !Streams[best].IsAttachedPicture
            ? best
            : Streams.FirstOrDefault(stream => stream.IsVideo && !stream.IsAttachedPicture)?.Index ?? LibavConstants.AVERROR_INVALIDDATA;

    /// <summary>Lets the demuxer skip the packets of all streams but one.</summary>
    public void DiscardAllBut(int stream)
    {
        for (var other = 0; other < StreamCount; other++)
            if (other != stream)
                *(int*)(StreamAt(other) + AVStream_discard) = LibavConstants.AVDISCARD_ALL;
        GC.KeepAlive(_context);
    }

    /// <summary>Reads the next packet of any stream.</summary>
    /// <returns>0 or above, or a negative code: <see cref="LibavConstants.AVERROR_EOF"/> at the end.</returns>
    public int Read(Packet packet) => AvFormat.av_read_frame(_context, packet.Handle);

    /// <summary>Goes to the key frame of a stream at or before a time, as far as the container knows where that is.</summary>
    /// <returns>0 or above, or a negative code where it cannot.</returns>
    public int SeekBefore(int stream, long pts)
    {
        const int Backward = 1; // AVSEEK_FLAG_BACKWARD
        return AvFormat.av_seek_frame(_context, stream, pts, Backward);
    }

    /// <summary>The code of a read error in the file below the container, 0 for none. Some demuxers report such an error as a plain end.</summary>
    public int ReadError
    {
        get
        {
            var io = Pointer(Base, AVFormatContext_pb);
            var error = io == 0 ? 0 : *(int*)(io + AVIOContext_error);
            GC.KeepAlive(_context);
            return error;
        }
    }

    public void Dispose() => _context.Dispose();

    internal nint CodecParameters(int stream) => Pointer(StreamAt(stream), AVStream_codecpar);

    /// <summary>The nine numbers by which players turn and flip the pictures; empty when there are none.</summary>
    internal ReadOnlySpan<byte> DisplayMatrix(int stream) => DisplayMatrix(StreamAt(stream));

    internal FormatContextHandle Handle => _context;

    private nint Base
    {
        get
        {
            ObjectDisposedException.ThrowIf(_context.IsClosed, this);
            return _context.DangerousGetHandle();
        }
    }

    // libav decodes some pictures to learn about the streams: within the same limits as later.
    private void FindStreamInfo()
    {
        var options = new nint[StreamCount];
        try
        {
            for (var i = 0; i < options.Length; i++)
                AvUtil.av_dict_set(ref options[i], "max_pixels", $"{LibavLimits.Pixels}", 0).Ok("av_dict_set");
            fixed (nint* each = options)
                AvFormat.avformat_find_stream_info(_context, each).Ok("avformat_find_stream_info");
        }
        finally
        {
            for (var i = 0; i < options.Length; i++)
                AvUtil.av_dict_free(ref options[i]);
        }
    }

    // Some demuxers add streams while they read, so the count is asked for each time.
    private int StreamCount => *(int*)(Base + AVFormatContext_nb_streams);

    private nint StreamAt(int index) => Pointer(Pointer(Base, AVFormatContext_streams), index * sizeof(nint));

    private MediaStream Describe(int index)
    {
        var stream = StreamAt(index);
        var codec = Pointer(stream, AVStream_codecpar);
        var disposition = *(int*)(stream + AVStream_disposition);
        return new MediaStream(
            index,
            Marshal.PtrToStringUTF8(AvUtil.av_get_media_type_string(*(int*)(codec + AVCodecParameters_codec_type))) ?? "unknown",
            Marshal.PtrToStringUTF8(AvCodec.avcodec_get_name(*(int*)(codec + AVCodecParameters_codec_id))) ?? "unknown",
            *(int*)(codec + AVCodecParameters_width),
            *(int*)(codec + AVCodecParameters_height),
            *(int*)(codec + AVCodecParameters_format),
            *(Rational*)(stream + AVStream_time_base),
            Known(*(long*)(stream + AVStream_start_time)),
            Known(*(long*)(stream + AVStream_duration)),
            *(long*)(stream + AVStream_nb_frames),
            *(Rational*)(stream + AVStream_avg_frame_rate),
            *(Rational*)(stream + AVStream_r_frame_rate),
            AvFormat.av_guess_sample_aspect_ratio(_context, stream, 0),
            ClockwiseRotation(stream),
            (disposition & (LibavConstants.AV_DISPOSITION_ATTACHED_PIC | LibavConstants.AV_DISPOSITION_TIMED_THUMBNAILS)) != 0,
            (disposition & LibavConstants.AV_DISPOSITION_STILL_IMAGE) != 0);
    }

    private static ReadOnlySpan<byte> DisplayMatrix(nint stream)
    {
        var matrix = AvFormat.av_stream_get_side_data(stream, LibavConstants.AV_PKT_DATA_DISPLAYMATRIX, out var size);
        return matrix == 0 || size < 9 * sizeof(int) ? [] : new((void*)matrix, 9 * sizeof(int));
    }

    private static int ClockwiseRotation(nint stream)
    {
        var matrix = DisplayMatrix(stream);
        if (matrix.IsEmpty)
            return 0;
        // libav's angle is counter-clockwise, and not a number for a matrix without area.
        double angle;
        fixed (byte* start = matrix)
            angle = -AvUtil.av_display_rotation_get((int*)start);
        return double.IsNaN(angle) ? 0 : ((int)Math.Round(angle) % 360 + 360) % 360;
    }

    private static long? Known(long timestamp) => timestamp == LibavConstants.AV_NOPTS_VALUE ? null : timestamp;

    private static nint Pointer(nint from, int offset) => *(nint*)(from + offset);
}
