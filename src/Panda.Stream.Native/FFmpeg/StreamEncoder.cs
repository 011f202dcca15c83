using System.Globalization;
using static Panda.Stream.Native.FFmpeg.LibavLayout;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// libx264 as an encoder of one stream: pictures in, H.264 packets out. Size, pixel format and colours are the first picture's, but for
/// an odd last row or column, which is cut off, and pixel formats that H.264 does not know, which become yuv420p. Pictures of other
/// sizes are scaled to it. For one thread at a time.
/// </summary>
public sealed unsafe class StreamEncoder : IDisposable
{
    private const string Codec = "libx264";

    // Visually hardly different from the source; a faster preset costs size, not quality.
    private const string Crf = "18", Preset = "veryfast";

    private readonly int _width, _height, _format;
    private readonly Frame _picture = new();
    private SwsContextHandle? _scaler;
    private (int Width, int Height, int Format) _scaledFrom;
    private long _last = long.MinValue;

    /// <param name="first">The first picture, which is not sent by this.</param>
    /// <param name="timeBase">Unit of the times of pictures and packets.</param>
    /// <param name="frameRate">Average rate, by which the encoder chooses its level.</param>
    /// <param name="aspect">Width of a pixel over its height.</param>
    /// <exception cref="LibavException">This build of libavcodec has no libx264, or it refuses the pictures.</exception>
    public StreamEncoder(Frame first, Rational timeBase, Rational frameRate, Rational aspect, int threads)
    {
        ArgumentNullException.ThrowIfNull(first);
        Libav.Require();
        LibavLog.Clear();
        var codec = AvCodec.avcodec_find_encoder_by_name(Codec);
        if (codec == 0)
            throw new LibavException(LibavConstants.AVERROR_INVALIDDATA, $"found a libavcodec without {Codec}, expected one built with it, as Debian's is");
        (_width, _height) = (first.Width & ~1, first.Height & ~1);
        _format = Takes(codec, first.Format) ? first.Format : LibavConstants.AV_PIX_FMT_YUV420P;
        TimeBase = timeBase;
        Context = AvCodec.avcodec_alloc_context3(codec).Allocated("avcodec_alloc_context3");
        *(Rational*)(Context.DangerousGetHandle() + AVCodecContext_framerate) = frameRate;
        nint options = 0;
        try
        {
            foreach (var (name, value) in Options(first, aspect, threads))
                AvUtil.av_dict_set(ref options, name, value, 0).Ok("av_dict_set");
            AvCodec.avcodec_open2(Context, codec, ref options).Ok($"avcodec_open2 of {Codec} for {_width}x{_height} {Frame.NameOf(_format)}");
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            AvUtil.av_dict_free(ref options);
        }
    }

    public Rational TimeBase { get; }

    internal CodecContextHandle Context { get; }

    /// <summary>Gives the encoder the next picture.</summary>
    /// <param name="pts">In <see cref="TimeBase"/>. Times must rise: one that does not is put a tick after the one before.</param>
    public void Send(Frame picture, long pts)
    {
        ArgumentNullException.ThrowIfNull(picture);
        _last = _last == long.MinValue ? pts : Math.Max(pts, _last + 1);
        if (picture.Format == _format && (picture.Width & ~1) == _width && (picture.Height & ~1) == _height)
            _picture.Share(picture, _last, _width, _height);
        else
        {
            SwScale.sws_scale_frame(ScalerFor(picture), _picture.Handle, picture.Handle).Ok("sws_scale_frame");
            _picture.Describe(_last, _width, _height);
        }
        try
        {
            AvCodec.avcodec_send_frame(Context, _picture.Handle).Ok("avcodec_send_frame");
        }
        finally
        {
            _picture.Clear();
        }
    }

    /// <summary>Tells the encoder that no more pictures come.</summary>
    public void SendEnd() => AvCodec.avcodec_send_last_frame(Context, 0).Ok("avcodec_send_frame");

    /// <summary>Takes the next packet.</summary>
    /// <returns>False when it wants more pictures, or has given all.</returns>
    public bool TryReceive(Packet packet)
    {
        ArgumentNullException.ThrowIfNull(packet);
        var code = AvCodec.avcodec_receive_packet(Context, packet.Handle);
        if (code is LibavConstants.AVERROR_EAGAIN or LibavConstants.AVERROR_EOF)
            return false;
        code.Ok("avcodec_receive_packet");
        return true;
    }

    public void Dispose()
    {
        Context.Dispose();
        _picture.Dispose();
        _scaler?.Dispose();
    }

    private IEnumerable<(string Name, string Value)> Options(Frame first, Rational aspect, int threads)
    {
        var (range, primaries, transfer) = first.ColorTags;
        yield return ("video_size", $"{_width}x{_height}");
        yield return ("pixel_format", Frame.NameOf(_format));
        yield return ("time_base", TimeBase.ToString());
        yield return ("aspect", aspect.ToString());
        yield return ("color_range", Number(range));
        yield return ("color_primaries", Number(primaries));
        yield return ("color_trc", Number(transfer));
        yield return ("colorspace", Number(first.ColorSpace));
        yield return ("flags", "+global_header"); // where an MP4 file keeps the codec's parameters
        yield return ("threads", Number(threads));
        yield return ("preset", Preset);
        yield return ("crf", Crf);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static bool Takes(nint codec, int format)
    {
        for (var known = *(int**)(codec + AVCodec_pix_fmts); known is not null && *known != LibavConstants.AV_PIX_FMT_NONE; known++)
            if (*known == format)
                return true;
        return false;
    }

    private SwsContextHandle ScalerFor(Frame picture)
    {
        var from = (picture.Width, picture.Height, picture.Format);
        if (_scaler is null || from != _scaledFrom)
        {
            _scaler?.Dispose();
            _scaler = SwScale.sws_getContext(from.Width, from.Height, from.Format, _width, _height, _format, LibavConstants.SWS_BICUBIC, 0, 0, 0);
            if (_scaler.IsInvalid)
                throw new LibavException(LibavConstants.AVERROR_INVALIDDATA, $"swscale cannot make {Frame.NameOf(_format)} of {picture.FormatName}: {LibavLog.LastError}");
            _scaledFrom = from;
        }
        return _scaler;
    }
}
