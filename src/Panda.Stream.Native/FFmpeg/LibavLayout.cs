#pragma warning disable IDE1006 // The names are C's, struct_field: the test builds its C program from them.
namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// Byte offsets of the libav struct fields that are used, in FFmpeg 5.1 on 64-bit Linux.
/// They hold for one major version only, which <see cref="Libav"/> checks at load; a test compares each with the C headers' <c>offsetof</c>.
/// </summary>
public static class LibavLayout
{
    public const int AVFormatContext_iformat = 8;
    public const int AVFormatContext_pb = 32;
    public const int AVFormatContext_nb_streams = 44;
    public const int AVFormatContext_streams = 48;
    public const int AVFormatContext_duration = 72;
    public const int AVFormatContext_interrupt_callback = 200;

    public const int AVIOInterruptCB_callback = 0;
    public const int AVIOInterruptCB_opaque = 8;

    public const int AVInputFormat_name = 0;
    public const int AVIOContext_error = 84;

    public const int AVStream_time_base = 16;
    public const int AVStream_start_time = 24;
    public const int AVStream_duration = 32;
    public const int AVStream_nb_frames = 40;
    public const int AVStream_disposition = 48;
    public const int AVStream_discard = 52;
    public const int AVStream_sample_aspect_ratio = 56;
    public const int AVStream_avg_frame_rate = 72;
    public const int AVStream_r_frame_rate = 200;
    public const int AVStream_codecpar = 208;

    public const int AVCodecParameters_codec_type = 0;
    public const int AVCodecParameters_codec_id = 4;
    public const int AVCodecParameters_codec_tag = 8;
    public const int AVCodecParameters_format = 28;
    public const int AVCodecParameters_width = 56;
    public const int AVCodecParameters_height = 60;

    public const int AVCodec_id = 20;
    public const int AVCodec_capabilities = 24;
    public const int AVCodec_pix_fmts = 40;
    public const int AVCodecHWConfig_methods = 4;
    public const int AVCodecHWConfig_device_type = 8;
    public const int AVCodecContext_get_format = 152;
    public const int AVCodecContext_reordered_opaque = 528;
    public const int AVCodecContext_framerate = 712;
    public const int AVCodecContext_hw_device_ctx = 872;
    public const int AVCodecContext_extra_hw_frames = 888;

    public const int AVPacket_pts = 8;
    public const int AVPacket_dts = 16;
    public const int AVPacket_size = 32;
    public const int AVPacket_stream_index = 36;
    public const int AVPacket_flags = 40;
    public const int AVPacket_duration = 64;

    public const int AVFrame_data = 0;
    public const int AVFrame_linesize = 64;
    public const int AVFrame_width = 104;
    public const int AVFrame_height = 108;
    public const int AVFrame_format = 116;
    public const int AVFrame_pict_type = 124;
    public const int AVFrame_pts = 136;
    public const int AVFrame_reordered_opaque = 200;
    public const int AVFrame_buf = 224;
    public const int AVFrame_flags = 316;
    public const int AVFrame_color_range = 320;
    public const int AVFrame_color_primaries = 324;
    public const int AVFrame_color_trc = 328;
    public const int AVFrame_colorspace = 332;
    public const int AVFrame_best_effort_timestamp = 344;
    public const int AVFrame_hw_frames_ctx = 392;
    public const int AVFrame_crop_top = 408;
    public const int AVFrame_crop_left = 424;

    public const int AVBufferRef_data = 8;
    public const int AVHWDeviceContext_hwctx = 24;
    public const int AVHWDeviceContext_free = 32;
    public const int AVHWDeviceContext_user_opaque = 40;
    public const int AVCUDADeviceContext_cuda_ctx = 0;
    public const int AVCUDADeviceContext_stream = 8;
    public const int AVHWFramesContext_sw_format = 72;
}

/// <summary>Values of libav's macros and enums that are used; tested against the headers like the offsets.</summary>
public static class LibavConstants
{
    public const int AVERROR_EOF = -541478725;
    public const int AVERROR_INVALIDDATA = -1094995529;
    public const int AVERROR_EXIT = -1414092869; // what an interrupted call returns
    public const int AVERROR_ENOMEM = -12; // AVERROR(ENOMEM)
    public const int AVERROR_EAGAIN = -11; // AVERROR(EAGAIN)
    public const long AV_NOPTS_VALUE = long.MinValue;
    public const int AV_TIME_BASE = 1_000_000;

    public const int AVMEDIA_TYPE_VIDEO = 0;
    public const int AV_DISPOSITION_ATTACHED_PIC = 1 << 10;
    public const int AV_DISPOSITION_TIMED_THUMBNAILS = 1 << 11;
    public const int AV_DISPOSITION_STILL_IMAGE = 1 << 20;
    public const int AVDISCARD_ALL = 48;
    public const int AV_PKT_DATA_DISPLAYMATRIX = 5;
    public const int AV_PKT_FLAG_KEY = 1;
    public const int AV_PKT_FLAG_CORRUPT = 2;
    public const int AV_PKT_FLAG_DISCARD = 4;
    public const int AV_FRAME_FLAG_CORRUPT = 1;
    public const int AV_PICTURE_TYPE_NONE = 0;
    public const int AV_HWDEVICE_TYPE_CUDA = 2;
    public const int AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX = 1;
    public const int AV_CODEC_CAP_HARDWARE = 1 << 18;
    public const int AVIO_FLAG_WRITE = 2;
    public const int AV_LOG_ERROR = 16;
    public const int AV_LOG_INFO = 32;

    public const int AV_PIX_FMT_NONE = -1;
    public const int AV_PIX_FMT_YUV420P = 0;
    public const int AV_PIX_FMT_RGB24 = 2;
    public const int AV_PIX_FMT_BGR24 = 3;
    public const int AV_PIX_FMT_YUVJ420P = 12;
    public const int AV_PIX_FMT_NV12 = 23;
    public const int AV_PIX_FMT_YUV420P10 = 62;
    public const int AV_PIX_FMT_CUDA = 117;
    public const int AV_PIX_FMT_YUV420P12 = 123;
    public const int AV_PIX_FMT_P010 = 159;
    public const int AV_PIX_FMT_P016 = 170;
    public const int AVCOL_RANGE_JPEG = 2;
    public const int AVCOL_SPC_BT709 = 1;
    public const int AVCOL_SPC_UNSPECIFIED = 2;
    public const int AVCOL_SPC_SMPTE170M = 6;

    public const int SWS_BILINEAR = 2;
    public const int SWS_BICUBIC = 4;
    public const int SWS_AREA = 0x20;
}
