using System.Runtime.InteropServices;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>libavutil 57.</summary>
internal static unsafe partial class AvUtil
{
    private const string Lib = NativeLibraries.AvUtil;

    [LibraryImport(Lib)] internal static partial uint avutil_version();
    [LibraryImport(Lib)] internal static partial int av_strerror(int error, byte* buffer, nuint size);
    [LibraryImport(Lib)] internal static partial void av_log_set_callback(delegate* unmanaged[Cdecl]<nint, int, nint, nint, void> callback);
    [LibraryImport(Lib)] internal static partial int av_log_format_line2(nint source, int level, nint format, nint arguments, byte* line, int size, int* printPrefix);
    [LibraryImport(Lib)] internal static partial FrameHandle av_frame_alloc();
    [LibraryImport(Lib)] internal static partial void av_frame_free(ref nint frame);
    [LibraryImport(Lib)] internal static partial void av_frame_unref(FrameHandle frame);
    [LibraryImport(Lib)] internal static partial int av_frame_ref(FrameHandle frame, FrameHandle source);
    [LibraryImport(Lib)] internal static partial nint av_get_pix_fmt_name(int format);
    [LibraryImport(Lib)] internal static partial int av_image_get_buffer_size(int format, int width, int height, int align);
    [LibraryImport(Lib)] internal static partial nint av_get_media_type_string(int type);
    [LibraryImport(Lib)] internal static partial double av_display_rotation_get(int* matrix);
    [LibraryImport(Lib)] internal static partial int av_image_fill_linesizes(int* strides, int format, int width);
    [LibraryImport(Lib)] internal static partial int av_image_fill_plane_sizes(nuint* sizes, int format, int height, nint* strides);
    [LibraryImport(Lib)] internal static partial void av_image_copy(byte** planes, int* strides, byte** fromPlanes, int* fromStrides, int format, int width, int height);
    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)] internal static partial int av_dict_set(ref nint dictionary, string key, string value, int flags);
    [LibraryImport(Lib)] internal static partial void av_dict_free(ref nint dictionary);
    [LibraryImport(Lib)] internal static partial void av_max_alloc(nuint bytes);
    [LibraryImport(Lib)] internal static partial int av_hwdevice_iterate_types(int before);
    [LibraryImport(Lib)] internal static partial nint av_hwdevice_get_type_name(int type);
    [LibraryImport(Lib)] internal static partial BufferHandle av_hwdevice_ctx_alloc(int type);
    [LibraryImport(Lib)] internal static partial int av_hwdevice_ctx_init(BufferHandle device);
    [LibraryImport(Lib)] internal static partial int av_hwframe_transfer_data(FrameHandle to, FrameHandle from, int flags);
    [LibraryImport(Lib)] internal static partial int av_frame_get_buffer(FrameHandle frame, int align);
    [LibraryImport(Lib)] internal static partial nint av_buffer_ref(BufferHandle buffer);
    [LibraryImport(Lib)] internal static partial void av_buffer_unref(ref nint buffer);
}

/// <summary>libavcodec 59.</summary>
internal static partial class AvCodec
{
    private const string Lib = NativeLibraries.AvCodec;

    [LibraryImport(Lib)] internal static partial uint avcodec_version();
    [LibraryImport(Lib)] internal static partial nint avcodec_get_class();
    [LibraryImport(Lib)] internal static partial nint avcodec_get_name(int codecId);
    [LibraryImport(Lib)] internal static partial CodecContextHandle avcodec_alloc_context3(nint codec);
    [LibraryImport(Lib)] internal static partial void avcodec_free_context(ref nint context);
    [LibraryImport(Lib)] internal static partial int avcodec_parameters_to_context(CodecContextHandle context, nint parameters);
    [LibraryImport(Lib)] internal static partial int avcodec_open2(CodecContextHandle context, nint codec, ref nint options);
    [LibraryImport(Lib)] internal static partial int avcodec_send_packet(CodecContextHandle context, PacketHandle packet);
    [LibraryImport(Lib)] internal static partial void avcodec_flush_buffers(CodecContextHandle context);
    [LibraryImport(Lib, EntryPoint = "avcodec_send_packet")] internal static partial int avcodec_send_end(CodecContextHandle context, nint none);
    [LibraryImport(Lib)] internal static partial int avcodec_receive_frame(CodecContextHandle context, FrameHandle frame);
    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint avcodec_find_encoder_by_name(string name);
    [LibraryImport(Lib)] internal static partial int avcodec_send_frame(CodecContextHandle context, FrameHandle frame);
    [LibraryImport(Lib, EntryPoint = "avcodec_send_frame")] internal static partial int avcodec_send_last_frame(CodecContextHandle context, nint none);
    [LibraryImport(Lib)] internal static partial int avcodec_receive_packet(CodecContextHandle context, PacketHandle packet);
    [LibraryImport(Lib)] internal static partial int avcodec_parameters_copy(nint to, nint from);
    [LibraryImport(Lib)] internal static partial int avcodec_parameters_from_context(nint parameters, CodecContextHandle context);
    [LibraryImport(Lib)] internal static partial nint av_codec_iterate(ref nint place);
    [LibraryImport(Lib)] internal static partial int av_codec_is_decoder(nint codec);
    [LibraryImport(Lib)] internal static partial nint avcodec_get_hw_config(nint codec, int index);
    [LibraryImport(Lib)] internal static partial PacketHandle av_packet_alloc();
    [LibraryImport(Lib)] internal static partial void av_packet_free(ref nint packet);
    [LibraryImport(Lib)] internal static partial void av_packet_unref(PacketHandle packet);
    [LibraryImport(Lib)] internal static partial void av_packet_rescale_ts(PacketHandle packet, Rational from, Rational to);
}

/// <summary>libavformat 59.</summary>
internal static unsafe partial class AvFormat
{
    private const string Lib = NativeLibraries.AvFormat;

    [LibraryImport(Lib)] internal static partial uint avformat_version();
    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)] internal static partial int avformat_open_input(ref nint context, string url, nint format, ref nint options);
    [LibraryImport(Lib)] internal static partial nint avformat_alloc_context();
    [LibraryImport(Lib)] internal static partial void avformat_close_input(ref nint context);
    [LibraryImport(Lib)] internal static partial int avformat_find_stream_info(FormatContextHandle context, nint* options);
    [LibraryImport(Lib)] internal static partial nint av_demuxer_iterate(ref nint place);
    [LibraryImport(Lib)] internal static partial int av_find_best_stream(FormatContextHandle context, int type, int wanted, int related, out nint decoder, int flags);
    [LibraryImport(Lib)] internal static partial int av_seek_frame(FormatContextHandle context, int stream, long timestamp, int flags);
    [LibraryImport(Lib)] internal static partial int av_read_frame(FormatContextHandle context, PacketHandle packet);
    [LibraryImport(Lib)] internal static partial nint av_stream_get_side_data(nint stream, int type, out nuint size);
    [LibraryImport(Lib)] internal static partial Rational av_guess_sample_aspect_ratio(FormatContextHandle context, nint stream, nint frame);
}

/// <summary>libavformat 59, its writing side.</summary>
internal static partial class AvFormatOut
{
    private const string Lib = NativeLibraries.AvFormat;

    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)] internal static partial int avformat_alloc_output_context2(out nint context, nint format, string formatName, string url);
    [LibraryImport(Lib)] internal static partial void avformat_free_context(nint context);
    [LibraryImport(Lib)] internal static partial nint avformat_new_stream(OutputContextHandle context, nint codec);
    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)] internal static partial int avio_open(nint io, string url, int flags);
    [LibraryImport(Lib)] internal static partial int avio_closep(nint io);
    [LibraryImport(Lib)] internal static partial int avformat_write_header(OutputContextHandle context, nint options);
    [LibraryImport(Lib)] internal static partial int av_interleaved_write_frame(OutputContextHandle context, PacketHandle packet);
    [LibraryImport(Lib)] internal static partial int av_write_trailer(OutputContextHandle context);
    [LibraryImport(Lib)] internal static partial nint av_stream_new_side_data(nint stream, int type, nuint size);
}

/// <summary>libswscale 6.</summary>
internal static unsafe partial class SwScale
{
    private const string Lib = NativeLibraries.SwScale;

    [LibraryImport(Lib)] internal static partial uint swscale_version();
    [LibraryImport(Lib)] internal static partial int sws_isSupportedInput(int format);
    [LibraryImport(Lib)] internal static partial SwsContextHandle sws_getContext(int width, int height, int format, int toWidth, int toHeight, int toFormat, int flags, nint sourceFilter, nint targetFilter, nint parameters);
    [LibraryImport(Lib)] internal static partial void sws_freeContext(nint context);
    [LibraryImport(Lib)] internal static partial nint sws_getCoefficients(int colorspace);
    [LibraryImport(Lib)] internal static partial int sws_setColorspaceDetails(SwsContextHandle context, nint coefficients, int fullRange, nint toCoefficients, int toFullRange, int brightness, int contrast, int saturation);
    [LibraryImport(Lib)] internal static partial int sws_scale_frame(SwsContextHandle context, FrameHandle to, FrameHandle from);
    [LibraryImport(Lib)] internal static partial int sws_scale(SwsContextHandle context, byte** planes, int* strides, int firstRow, int rows, byte** toPlanes, int* toStrides);
}
