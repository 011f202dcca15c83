using static Panda.Stream.Native.FFmpeg.LibavLayout;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>An MP4 file that is written: one video stream, packet after packet. For one thread at a time.</summary>
public sealed unsafe class MediaOutput : IDisposable
{
    private readonly OutputContextHandle _context;
    private readonly nint _stream;

    private MediaOutput(OutputContextHandle context)
    {
        _context = context;
        _stream = AvFormatOut.avformat_new_stream(context, 0);
        if (_stream == 0)
            throw new InsufficientMemoryException("avformat_new_stream: libav found no memory.");
    }

    /// <summary>A file that takes an input's packets as they are.</summary>
    /// <exception cref="LibavException">MP4 does not hold that codec, or the file cannot be written.</exception>
    public static MediaOutput Copying(string path, MediaInput input, int stream)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Open(path, output =>
        {
            AvCodec.avcodec_parameters_copy(output.Parameters, input.CodecParameters(stream)).Ok("avcodec_parameters_copy");
            *(int*)(output.Parameters + AVCodecParameters_codec_tag) = 0; // the input container's name for the codec
            output.Describe(input, stream, input.Streams[stream].TimeBase);
        });
    }

    /// <summary>A file that takes an encoder's packets, shown like the input that the encoder's pictures are from.</summary>
    /// <exception cref="LibavException">The file cannot be written.</exception>
    public static MediaOutput Encoded(string path, StreamEncoder encoder, MediaInput input, int stream)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(input);
        return Open(path, output =>
        {
            AvCodec.avcodec_parameters_from_context(output.Parameters, encoder.Context).Ok("avcodec_parameters_from_context");
            output.Describe(input, stream, encoder.TimeBase);
        });
    }

    /// <summary>Writes a packet, whose data it takes.</summary>
    /// <param name="timeBase">Unit of the packet's times.</param>
    public void Write(Packet packet, Rational timeBase)
    {
        ArgumentNullException.ThrowIfNull(packet);
        packet.StreamIndex = 0;
        // The muxer chose its own unit when it wrote the header.
        AvCodec.av_packet_rescale_ts(packet.Handle, timeBase, *(Rational*)(_stream + AVStream_time_base));
        AvFormatOut.av_interleaved_write_frame(_context, packet.Handle).Ok("av_interleaved_write_frame");
    }

    /// <summary>Ends the file; without it nothing can read it.</summary>
    public void Finish() => AvFormatOut.av_write_trailer(_context).Ok("av_write_trailer");

    public void Dispose() => _context.Dispose();

    private nint Parameters => *(nint*)(_stream + AVStream_codecpar);

    private static MediaOutput Open(string path, Action<MediaOutput> describe)
    {
        Libav.Require();
        LibavLog.Clear();
        // "file:" keeps libav from taking a name with a colon for a protocol.
        var url = "file:" + path;
        AvFormatOut.avformat_alloc_output_context2(out var context, 0, "mp4", url).Ok("avformat_alloc_output_context2");
        var handle = new OutputContextHandle(context);
        try
        {
            var output = new MediaOutput(handle);
            describe(output);
            AvFormatOut.avio_open(context + AVFormatContext_pb, url, LibavConstants.AVIO_FLAG_WRITE).Ok("avio_open");
            AvFormatOut.avformat_write_header(handle, 0).Ok("avformat_write_header");
            return output;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>What the container tells of the stream: its clock, its rate, the shape of its pixels, and how it is turned for display.</summary>
    private void Describe(MediaInput input, int stream, Rational timeBase)
    {
        *(Rational*)(_stream + AVStream_time_base) = timeBase;
        *(Rational*)(_stream + AVStream_avg_frame_rate) = input.Streams[stream].AverageFrameRate;
        *(Rational*)(_stream + AVStream_sample_aspect_ratio) = input.Streams[stream].SampleAspect;
        var matrix = input.DisplayMatrix(stream);
        if (matrix.IsEmpty)
            return;
        var copy = AvFormatOut.av_stream_new_side_data(_stream, LibavConstants.AV_PKT_DATA_DISPLAYMATRIX, (nuint)matrix.Length);
        matrix.CopyTo(new Span<byte>((void*)copy, matrix.Length));
    }
}
