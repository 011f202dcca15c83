using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Panda.Stream.Native.Cuda;
using static Panda.Stream.Native.FFmpeg.LibavConstants;
using static Panda.Stream.Native.FFmpeg.LibavLayout;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// libav's hold on a card, made of a context and a stream of ours. What it decodes is queued there: what reads that, too, and so comes after. Decoders and the pictures that they
/// made keep the card after it was disposed.
/// </summary>
public sealed unsafe class CudaDecoding : IDisposable
{
    private const int Device = AV_HWDEVICE_TYPE_CUDA;

    // What get_format was offered in the card's place; it is called by the thread that sends packets, which asks why at once.
    [ThreadStatic] private static int? _offered;

    /// <exception cref="LibavException">libav was built without it, or finds the driver wanting.</exception>
    public CudaDecoding(CudaStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Libav.Require();
        LibavLog.Clear();
        Handle = AvUtil.av_hwdevice_ctx_alloc(Device);
        if (Handle.IsInvalid)
            throw new LibavException(AVERROR_INVALIDDATA, "found a libavutil without a hardware context for cuda, expected one built with it, as Debian's is");
        var device = *(nint*)(Handle.DangerousGetHandle() + AVBufferRef_data);
        var cuda = *(nint*)(device + AVHWDeviceContext_hwctx);
        // 1. Given back by libav when the last of its references goes, so taken before it can go.
        var (context, queue) = (stream.Context.Handle, stream.Handle);
        var taken = false;
        context.DangerousAddRef(ref taken);
        queue.DangerousAddRef(ref taken);
        *(nint*)(cuda + AVCUDADeviceContext_cuda_ctx) = context.DangerousGetHandle();
        *(nint*)(cuda + AVCUDADeviceContext_stream) = queue.DangerousGetHandle();
        *(nint*)(device + AVHWDeviceContext_user_opaque) = GCHandle.ToIntPtr(GCHandle.Alloc(stream));
        *(delegate* unmanaged[Cdecl]<nint, void>*)(device + AVHWDeviceContext_free) = &GiveBack;
        // 2. libav opens the driver's library itself, by its name.
        var code = AvUtil.av_hwdevice_ctx_init(Handle);
        if (code >= 0)
            return;
        Handle.Dispose();
        throw new LibavException(code, $"av_hwdevice_ctx_init for cuda: {LibavError.TextAndFirst(code)}");
    }

    internal BufferHandle Handle { get; }

    /// <summary>Pictures that are still held can be used on.</summary>
    public void Dispose() => Handle.Dispose();

    /// <summary>libav's own decoder of a codec, of which a card does the work; 0 when there is none.</summary>
    /// <param name="codec">Any decoder of the codec: that which is preferred on a CPU may know nothing of cards.</param>
    internal static nint DecoderLike(nint codec)
    {
        var id = *(int*)(codec + AVCodec_id);
        nint place = 0;
        while (AvCodec.av_codec_iterate(ref place) is not 0 and var other)
        {
            // Not those that wrap the driver's own parser, which orders and counts pictures in its own way.
            var isWrapper = (*(int*)(other + AVCodec_capabilities) & AV_CODEC_CAP_HARDWARE) != 0;
            if (*(int*)(other + AVCodec_id) == id && AvCodec.av_codec_is_decoder(other) != 0 && !isWrapper && TakesCard(other))
                return other;
        }
        return 0;
    }

    /// <summary>Has a decoder that is not open yet work on the card.</summary>
    /// <param name="held">Pictures that may be held beside the codec's own: there are only so many.</param>
    internal void GiveTo(CodecContextHandle decoder, int held)
    {
        var context = decoder.DangerousGetHandle();
        *(nint*)(context + AVCodecContext_hw_device_ctx) = AvUtil.av_buffer_ref(Handle);
        *(int*)(context + AVCodecContext_extra_hw_frames) = held;
        *(delegate* unmanaged[Cdecl]<nint, int*, int>*)(context + AVCodecContext_get_format) = &Choose;
    }

    /// <summary>Why a decoder gave no picture, in words.</summary>
    internal static string WhyNot(int code)
    {
        var offered = _offered;
        _offered = null;
        return offered is { } format ? $"found pictures of {Frame.NameOf(format)}, which libav decodes on no card"
            : LibavLog.FirstError is { Length: > 0 } line ? line
            : LibavError.Text(code);
    }

    private static bool TakesCard(nint codec)
    {
        for (var i = 0; AvCodec.avcodec_get_hw_config(codec, i) is not 0 and var config; i++)
            if (*(int*)(config + AVCodecHWConfig_device_type) == Device && (*(int*)(config + AVCodecHWConfig_methods) & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0)
                return true;
        return false;
    }

    // libav asks again without the card when that has refused, of which its log then tells: nothing is chosen, and the decoder fails.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Choose(nint context, int* formats)
    {
        int? offered = null;
        for (; *formats != AV_PIX_FMT_NONE; formats++)
        {
            if (*formats == AV_PIX_FMT_CUDA)
                return AV_PIX_FMT_CUDA;
            offered = *formats;
        }
        _offered = LibavLog.FirstError.Length == 0 ? offered : null;
        return AV_PIX_FMT_NONE;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void GiveBack(nint device)
    {
        var held = GCHandle.FromIntPtr(*(nint*)(device + AVHWDeviceContext_user_opaque));
        var stream = (CudaStream)held.Target!;
        held.Free();
        stream.Handle.DangerousRelease();
        stream.Context.Handle.DangerousRelease();
    }
}
