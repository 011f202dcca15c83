using System.Runtime.InteropServices;

namespace Panda.Stream.Videos.Isolation;

/// <summary>What a decoder's process says, each with a payload of its own.</summary>
internal enum DecoderMessage
{
    /// <summary>The container has been read: a <see cref="VideoStreamInfo"/> as it says, and the bytes of a picture. It waits for <see cref="DecoderCommand.Decode"/>.</summary>
    Header,

    /// <summary>The first frame is decoded: a <see cref="VideoStreamInfo"/>.</summary>
    Opened,

    /// <summary>It cannot be used as a video, or not further: the reason. Nothing more comes of it.</summary>
    Refused,

    /// <summary>New memory for frames: a <see cref="RingMessage"/>. What was in use before is not written again. It waits for <see cref="DecoderCommand.Mapped"/>.</summary>
    Ring,

    /// <summary>A frame lies in a slot: a <see cref="FrameMessage"/>.</summary>
    Frame,

    /// <summary>The video has ended: an <see cref="EndMessage"/>, then why it broke off, empty after a clean end.</summary>
    End,
}

/// <summary>What the parent says: two bytes, the second one an argument.</summary>
internal enum DecoderCommand : byte
{
    /// <summary>Opens a video: an <see cref="OpenMessage"/> and the path follow.</summary>
    Open,

    /// <summary>Decodes what was opened, on so many codec threads.</summary>
    Decode,

    /// <summary>The new ring is mapped: what comes free from here on is of that one.</summary>
    Mapped,

    /// <summary>A slot is free again: its number.</summary>
    Free,
}

/// <summary>Goes before every message.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DecoderHeader(DecoderMessage Message, int Bytes);

/// <param name="Slots">Frames that the parent may hold at once, at most 255.</param>
/// <param name="PathBytes">Bytes of the path that follows, UTF-8.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct OpenMessage(int Slots, int PathBytes);

/// <param name="Descriptor">Of the memory, in the decoder's process.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct RingMessage(int Descriptor, int Slots, long SlotBytes);

/// <summary>Damage met so far, as <see cref="IFrameSource"/> counts it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct DamageCounts(int CorruptPackets, int DecodeErrors, int BackwardJumps);

/// <param name="IsDamaged">0 or 1.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct FrameMessage(
    int Slot, int IsDamaged, long Pts, int Format, int Width, int Height, int ColorRange, int ColorSpace, DamageCounts Damage);

[StructLayout(LayoutKind.Sequential)]
internal readonly record struct EndMessage(int Frames, DamageCounts Damage);

/// <summary>A stream's facts as bytes.</summary>
internal static class StreamInfoBytes
{
    /// <summary>With the bytes of a picture; null when it can be of no size.</summary>
    internal static byte[] Of(VideoStreamInfo info, long? pictureBytes) => [.. BitConverter.GetBytes(pictureBytes ?? -1), .. Of(info)];

    internal static byte[] Of(VideoStreamInfo info)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(info.Container);
        writer.Write(info.Codec);
        writer.Write(info.PixelFormat);
        writer.Write(info.Width);
        writer.Write(info.Height);
        writer.Write(info.Rotation);
        foreach (var (numerator, denominator) in new[] { info.SampleAspect, info.FrameRate, info.TimeBase })
        {
            writer.Write(numerator);
            writer.Write(denominator);
        }
        writer.Write(info.StartPts);
        writer.Write(info.DurationSeconds ?? double.NaN);
        writer.Write(info.FrameCountEstimate ?? -1);
        writer.Flush();
        return bytes.ToArray();
    }

    internal static VideoStreamInfo Read(byte[] bytes, out long? pictureBytes)
    {
        var number = BitConverter.ToInt64(bytes);
        pictureBytes = number < 0 ? null : number;
        return Read(bytes[sizeof(long)..]);
    }

    internal static VideoStreamInfo Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        return new VideoStreamInfo(
            reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(),
            new(reader.ReadInt32(), reader.ReadInt32()), new(reader.ReadInt32(), reader.ReadInt32()), new(reader.ReadInt32(), reader.ReadInt32()),
            reader.ReadInt64(),
            reader.ReadDouble() is var seconds && double.IsNaN(seconds) ? null : seconds,
            reader.ReadInt64() is var frames && frames < 0 ? null : frames);
    }
}
