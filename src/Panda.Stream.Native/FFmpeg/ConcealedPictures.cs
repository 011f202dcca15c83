using System.Collections.Concurrent;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>
/// Which pictures had damage that the codec concealed. libav notes it in the picture, but with several threads often after the
/// picture has been handed out, so that the note is lost by chance. Its log line comes in time: on the thread that decodes the
/// packet, before the picture can be had. So the line is what counts here, and the number that travels from a packet through the
/// codec to its picture (<c>reordered_opaque</c>) says which picture it is of.
/// </summary>
internal static unsafe class ConcealedPictures
{
    // "concealing %d DC, %d AC, %d MV errors in %c frame", of libavcodec's error_resilience.c, which mpeg2, mpeg4, h264 and others share.
    private static ReadOnlySpan<byte> Line => "concealing "u8;

    private static readonly nint CodecContext = AvCodec.avcodec_get_class();
    private static readonly ConcurrentDictionary<long, bool> Numbers = new();
    private static long _decoders;

    /// <summary>The number of a decoder's first packet; those of different decoders never meet.</summary>
    internal static long FirstNumber() => Interlocked.Increment(ref _decoders) << 32;

    /// <summary>Looks at every line that libav logs.</summary>
    internal static void Look(nint source, int level, nint format)
    {
        if (level != LibavConstants.AV_LOG_INFO || source == 0 || *(nint*)source != CodecContext)
            return;
        for (var i = 0; i < Line.Length; i++)
            if (((byte*)format)[i] != Line[i])
                return;
        Numbers[*(long*)(source + LibavLayout.AVCodecContext_reordered_opaque)] = true;
    }

    /// <summary>Whether the picture of a packet had concealed damage; asked once.</summary>
    internal static bool Take(long number) => !Numbers.IsEmpty && Numbers.TryRemove(number, out _);

    /// <summary>Forgets those of a decoder whose pictures never came.</summary>
    internal static void Forget(long firstNumber)
    {
        foreach (var number in Numbers.Keys)
            if (number >> 32 == firstNumber >> 32)
                Numbers.TryRemove(number, out _);
    }
}
