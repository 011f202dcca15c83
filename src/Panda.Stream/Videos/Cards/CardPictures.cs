using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Panda.Stream.Native.FFmpeg;
using static Panda.Stream.Native.FFmpeg.LibavConstants;

namespace Panda.Stream.Videos.Cards;

/// <summary>What one video's pictures on a card are to those who know of no cards: pictures as a CPU's decoder makes them, brought over when they are asked for.</summary>
/// <param name="codec">libav's name of it.</param>
/// <param name="held">Pictures that are leased at once, at most.</param>
/// <param name="again">Decodes the video by the CPU, from its beginning.</param>
internal sealed class CardPictures(DecodeCard card, string codec, int held, Func<VideoDecoder> again) : IDisposable
{
    // Their decoders tell full range by the pixel format, those of other codecs by the tag alone.
    private readonly bool _hasFullRangeFormat = codec is "h264" or "hevc";

    private readonly Lock _lock = new();
    private readonly Dictionary<int, Frame> _again = [];
    private Frame? _interleaved;

    public DecodeCard Card => card;

    /// <summary>Why a picture cannot be used; null when it can.</summary>
    public string? Refusal(Frame picture) =>
        !picture.IsOnCard ? $"found a picture of {picture.FormatName} in the machine's memory, expected one on the card"
        : picture.HasMargin ? "its pictures have margins at the left or top, which libav does not cut off on a card"
        : picture.Width % 2 != 0 || picture.Height % 2 != 0 ? $"found pictures of {picture.Width}x{picture.Height}, expected even sizes"
        : FormatOf(picture) == AV_PIX_FMT_NONE ? $"found pictures of {Frame.NameOf(picture.CardFormat)} on the card, expected 4:2:0"
        : null;

    /// <summary>The pixel format that a CPU's decoder would have made the picture in.</summary>
    public int FormatOf(Frame picture) => picture.CardFormat switch
    {
        AV_PIX_FMT_NV12 => _hasFullRangeFormat && picture.ColorRange == AVCOL_RANGE_JPEG ? AV_PIX_FMT_YUVJ420P : AV_PIX_FMT_YUV420P,
        AV_PIX_FMT_P010 => AV_PIX_FMT_YUV420P10,
        AV_PIX_FMT_P016 => AV_PIX_FMT_YUV420P12,
        _ => AV_PIX_FMT_NONE,
    };

    public static int BitsOf(Frame picture) => picture.CardFormat switch { AV_PIX_FMT_NV12 => 8, AV_PIX_FMT_P010 => 10, _ => 12 };

    /// <summary>
    /// The slot's picture in the machine's memory, copied at the first call. Where the card has failed meanwhile the CPU decodes the video
    /// again from its beginning, as far as this frame and those that may be held beside it.
    /// </summary>
    /// <exception cref="LibavException">That failed, too.</exception>
    public Frame OnHost(FrameSlot slot)
    {
        lock (_lock)
        {
            if (slot.OnHost is { } there)
                return there;
            try
            {
                return slot.OnHost = Download(slot.Picture, slot.TakeRoom());
            }
            catch (LibavException failed)
            {
                card.Fail(failed.Message);
                return slot.OnHost = DecodeAgain(slot.Index) ?? throw new LibavException(failed.Code, failed.Message);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _interleaved?.Dispose();
            _interleaved = null;
        }
    }

    private Frame Download(Frame picture, Frame to)
    {
        _interleaved ??= new();
        _interleaved.Download(picture);
        int width = picture.Width, height = picture.Height, chromaWidth = (width + 1) / 2, chromaHeight = (height + 1) / 2;
        to.Allocate(FormatOf(picture), width, height);
        to.Tag(picture);
        var bits = BitsOf(picture);
        var bytes = bits == 8 ? 1 : 2;
        for (var y = 0; y < height; y++)
        {
            var from = Row(_interleaved, 0, y, bytes * width);
            var into = RowToWrite(to, 0, y, bytes * width);
            if (bits == 8)
                from.CopyTo(into);
            else
                Lower(MemoryMarshal.Cast<byte, ushort>(from), MemoryMarshal.Cast<byte, ushort>(into), 16 - bits);
        }
        for (var y = 0; y < chromaHeight; y++)
        {
            var from = Row(_interleaved, 1, y, 2 * bytes * chromaWidth);
            var u = RowToWrite(to, 1, y, bytes * chromaWidth);
            var v = RowToWrite(to, 2, y, bytes * chromaWidth);
            if (bits == 8)
                Split(from, u, v);
            else
                Split(MemoryMarshal.Cast<byte, ushort>(from), MemoryMarshal.Cast<byte, ushort>(u), MemoryMarshal.Cast<byte, ushort>(v), 16 - bits);
        }
        return to;

        static ReadOnlySpan<byte> Row(Frame frame, int plane, int y, int length) => frame.Plane(plane, length, y + 1)[(y * frame.Stride(plane))..];
        static Span<byte> RowToWrite(Frame frame, int plane, int y, int length) => frame.PlaneToWrite(plane, length, y + 1)[(y * frame.Stride(plane))..];
    }

    // Those that are held lie on both sides of the one that was asked for first. Dropped ones are left to the collector: others may still read them.
    private Frame? DecodeAgain(int index)
    {
        if (_again.TryGetValue(index, out var picture))
            return picture;
        _again.Clear();
        using var decoder = again();
        while (decoder.TryRead(out var frame))
        {
            using (frame)
            {
                if (frame.Index > index + held)
                    break;
                if (frame.Index >= index - held)
                    (_again[frame.Index] = new()).Share(frame.Picture);
            }
        }
        return _again.GetValueOrDefault(index);
    }

    private static void Lower(ReadOnlySpan<ushort> from, Span<ushort> to, int shift)
    {
        for (var x = 0; x < to.Length; x++)
            to[x] = (ushort)(from[x] >> shift);
    }

    private static void Split(ReadOnlySpan<ushort> from, Span<ushort> u, Span<ushort> v, int shift)
    {
        for (var x = 0; x < u.Length; x++)
            (u[x], v[x]) = ((ushort)(from[2 * x] >> shift), (ushort)(from[2 * x + 1] >> shift));
    }

    private static void Split(ReadOnlySpan<byte> from, Span<byte> u, Span<byte> v)
    {
        var x = 0;
        for (; x + Vector256<byte>.Count <= u.Length; x += Vector256<byte>.Count)
        {
            var (low, high) = (Vector256.Create<byte>(from[(2 * x)..]).AsUInt16(), Vector256.Create<byte>(from[(2 * x + Vector256<byte>.Count)..]).AsUInt16());
            Vector256.Narrow(low & Vector256.Create((ushort)255), high & Vector256.Create((ushort)255)).CopyTo(u[x..]);
            Vector256.Narrow(low >> 8, high >> 8).CopyTo(v[x..]);
        }
        for (; x < u.Length; x++)
            (u[x], v[x]) = (from[2 * x], from[2 * x + 1]);
    }
}
