namespace Panda.Stream.Native.FFmpeg;

/// <summary>libav's decoder of one stream: packets in, pictures out in order of presentation.</summary>
public sealed unsafe class StreamDecoder : IDisposable
{
    private readonly CodecContextHandle _context;
    private readonly long _firstNumber = ConcealedPictures.FirstNumber();
    private int _sent;

    /// <param name="threads">Threads of the decoder; frame threading adds as many pictures of delay.</param>
    /// <exception cref="LibavException">libav has no decoder for the stream, or refuses its parameters.</exception>
    public StreamDecoder(MediaInput input, int stream, int threads) : this(input, stream, threads, null, 0)
    {
    }

    /// <summary>A decoder that works on a card, and leaves its pictures there. No word of it comes before the first packet is sent.</summary>
    /// <param name="held">Pictures that are held at once beside the codec's own, at most.</param>
    /// <exception cref="LibavException">libav knows of no way to decode the codec on a card.</exception>
    public StreamDecoder(MediaInput input, int stream, CudaDecoding card, int held) : this(input, stream, threads: 1, card, held)
    {
    }

    private StreamDecoder(MediaInput input, int stream, int threads, CudaDecoding? card, int held)
    {
        LibavLog.Clear();
        AvFormat.av_find_best_stream(input.Handle, LibavConstants.AVMEDIA_TYPE_VIDEO, stream, -1, out var codec, 0)
            .Ok($"no decoder for {input.Streams[stream].Codec}");
        if (card is not null && (codec = CudaDecoding.DecoderLike(codec)) == 0)
            throw new LibavException(LibavConstants.AVERROR_INVALIDDATA, "libav decodes this codec on no card");
        _context = AvCodec.avcodec_alloc_context3(codec).Allocated("avcodec_alloc_context3");
        nint options = 0;
        try
        {
            AvCodec.avcodec_parameters_to_context(_context, input.CodecParameters(stream)).Ok("avcodec_parameters_to_context");
            card?.GiveTo(_context, held);
            AvUtil.av_dict_set(ref options, "threads", threads.ToString(), 0).Ok("av_dict_set");
            AvUtil.av_dict_set(ref options, "max_pixels", $"{LibavLimits.Pixels}", 0).Ok("av_dict_set");
            AvUtil.av_dict_set(ref options, "pkt_timebase", input.Streams[stream].TimeBase.ToString(), 0).Ok("av_dict_set");
            AvCodec.avcodec_open2(_context, codec, ref options).Ok("avcodec_open2");
        }
        catch
        {
            _context.Dispose();
            throw;
        }
        finally
        {
            AvUtil.av_dict_free(ref options);
            GC.KeepAlive(input);
        }
    }

    /// <summary>Why a decoder that works on a card has given an error, in words; to be asked on the same thread at once.</summary>
    public static string CardRefusal(int code) => CudaDecoding.WhyNot(code);

    /// <summary>Gives the decoder a packet.</summary>
    /// <returns>0, or a negative code; <see cref="LibavConstants.AVERROR_EAGAIN"/> asks to receive first.</returns>
    public int Send(Packet packet)
    {
        *(long*)(_context.DangerousGetHandle() + LibavLayout.AVCodecContext_reordered_opaque) = _firstNumber + _sent++;
        return AvCodec.avcodec_send_packet(_context, packet.Handle);
    }

    /// <summary>Tells the decoder that no more packets come.</summary>
    public int SendEnd() => AvCodec.avcodec_send_end(_context, 0);

    /// <summary>Takes the next picture.</summary>
    /// <returns>0, or a negative code: <see cref="LibavConstants.AVERROR_EAGAIN"/> asks for packets, <see cref="LibavConstants.AVERROR_EOF"/> is the end.</returns>
    public int Receive(Frame frame) => AvCodec.avcodec_receive_frame(_context, frame.Handle);

    /// <summary>Whether errors were concealed in a picture that was received, however many threads decode; to be asked once for each.</summary>
    public static bool TakeConcealed(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return ConcealedPictures.Take(frame.PacketNumber);
    }

    /// <summary>Forgets all packets, after a jump in the file.</summary>
    public void Flush() => AvCodec.avcodec_flush_buffers(_context);

    public void Dispose()
    {
        _context.Dispose();
        ConcealedPictures.Forget(_firstNumber);
    }
}
