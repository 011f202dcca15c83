using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Videos.Cards;

namespace Panda.Stream.Videos;

/// <summary>
/// Reads a video's frames one by one in order of presentation. Damage is passed over and counted; a file that breaks off delivers
/// what decodes, and <see cref="End"/> tells where and why. It reads ahead no further than the codec's own delay
/// (reordering and one frame a thread). For one thread at a time.
/// </summary>
public sealed class VideoDecoder : IFrameSource
{
    // A broken codec may answer a drain with errors without end.
    private const int MaxErrorsWhileDraining = 64;

    // Codecs reorder at most some tens of frames.
    private const double SecondsOutOfOrder = 1;

    private MediaInput _input;
    private MediaStream _stream;
    private StreamDecoder _decoder;
    private bool _isSingle;
    private readonly Packet _packet = new();
    private readonly FramePool _pool;
    private readonly double _frameTicks;
    private readonly long _mostBytes;
    private readonly CancellationToken _interrupt;
    private FrameSlot? _next;
    private bool _draining, _outOfMemory, _disposed;
    private string? _breakOff;
    private string _lastError = "";
    private string? _cardRefusal;
    private int _drainErrors, _packets, _frames, _damageSeen;
    private long _lastPts, _shift, _packetBytes;

    private VideoDecoder(VideoHeader header, int threads, DecodeCard? card = null, int held = 0)
    {
        _pool = new(card is null ? null : new CardPictures(card, header.Info.Codec, held, () => Open(header.Path, interrupt: header.Interrupt)));
        (Path, _mostBytes, _interrupt) = (header.Path, VideoLimits.Readings * header.FileBytes, header.Interrupt);
        (_input, _stream, _isSingle) = (header.Input, header.Stream, threads == 1);
        _input.DiscardAllBut(_stream.Index);
        _decoder = card is null ? new(_input, _stream.Index, threads) : new(_input, _stream.Index, card.Decoding, held);
        try
        {
            // The first frame is decoded at once: only then are size and pixel format certain, and that there is a frame at all.
            _next = Advance() ?? throw NoFrames();
            Info = VideoStreamInfo.Of(_input, _stream, _next.Picture);
            if (_pool.Card is { } pictures)
                Info = Info with { PixelFormat = Frame.NameOf(pictures.FormatOf(_next.Picture)) };
            RefuseUnfit(_next.Picture);
        }
        catch
        {
            Dispose();
            throw;
        }
        _frameTicks = 1 / (Info.FrameRate.ToDouble() * Info.TimeBase.ToDouble());
    }

    public string Path { get; }

    public VideoStreamInfo Info { get; }

    /// <summary>Packets that the demuxer knows to be damaged or cut short, so far.</summary>
    public int CorruptPackets { get; private set; }

    /// <summary>Packets that the codec refused and frames in which it concealed damage, so far.</summary>
    public int DecodeErrors { get; private set; }

    /// <summary>How often the times of the file went back so far; ours never do.</summary>
    public int BackwardJumps { get; private set; }

    /// <summary>How the video ended; null until the last frame was read.</summary>
    public DecodeEnd? End { get; private set; }

    /// <summary>Opens a video of any container and codec that libav reads.</summary>
    /// <param name="threads">Threads of the codec.</param>
    /// <param name="interrupt">Ends waits for the file: opening fails, a video that is open breaks off.</param>
    /// <exception cref="VideoException">There is no file, or no video in it; the message says what was found instead.</exception>
    public static VideoDecoder Open(string path, int threads = 2, CancellationToken interrupt = default) => Open(VideoHeader.Read(path, interrupt), threads);

    /// <summary>Begins to decode a video whose header has been read; the header is then the decoder's.</summary>
    /// <exception cref="VideoException">There is no decodable frame in it.</exception>
    public static VideoDecoder Open(VideoHeader header, int threads)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        try
        {
            return new VideoDecoder(header, threads);
        }
        catch (Exception failure)
        {
            header.Dispose();
            if (failure is LibavException)
                throw VideoHeader.Undecodable(header.Path, failure);
            throw;
        }
    }

    /// <summary>Begins to decode on a card, which does not tell what is damaged: so whatever is not as it should be is a reason to have the CPU do it.</summary>
    /// <param name="held">Frames that are leased at once, at most.</param>
    /// <exception cref="CardException">The card cannot; from <see cref="TryRead"/>: it cannot go on.</exception>
    internal static VideoDecoder Open(VideoHeader header, DecodeCard card, int held)
    {
        try
        {
            return new VideoDecoder(header, threads: 1, card, held);
        }
        catch (Exception failure)
        {
            header.Dispose();
            if (failure is LibavException or VideoException)
                throw new CardException(failure is VideoException refused ? refused.Reason : failure.Message);
            throw;
        }
    }

    /// <summary>Reads the next frame.</summary>
    /// <param name="frame">A lease that the caller disposes.</param>
    /// <returns>False at the end, when <see cref="End"/> is set.</returns>
    /// <exception cref="VideoException">The pictures change to a size that is not taken.</exception>
    public bool TryRead(out DecodedFrame frame)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var slot = _next ?? Advance();
        _next = null;
        if (!_isSingle && CorruptPackets + DecodeErrors > 0)
            slot = BeginAgainOnOneThread(slot);
        if (slot is null)
        {
            End ??= new DecodeEnd(_frames, _breakOff);
            frame = default;
            return false;
        }
        if (slot.Picture.Width != Info.Width || slot.Picture.Height != Info.Height)
            RefuseUnfit(slot.Picture);
        var (pts, isDamaged) = Take(slot);
        frame = new DecodedFrame(slot, slot.Fill(_frames++, pts, isDamaged));
        return true;
    }

    /// <summary>The card on which it decodes; null for the CPU.</summary>
    internal DecodeCard? Card => _pool.Card?.Card;

    /// <summary>Time of the frame to be read next where it is decoded already, as after opening and after a jump.</summary>
    internal long? NextPts => _next?.Picture.Pts;

    /// <summary>Goes to a key frame at or before a time, as far as the container knows one; frames read from there on are counted from 0 again.</summary>
    /// <returns>False where the file cannot be searched or its frames carry no times; then nothing more can be read.</returns>
    public bool TrySeek(long pts)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_next is { } unread)
            _pool.Return(unread);
        _next = null;
        if (_input.SeekBefore(_stream.Index, pts) < 0)
            return false;
        _decoder.Flush();
        _isSingle = true; // from here on nothing is begun again
        (_draining, _drainErrors, _frames, _shift, _lastPts, _breakOff, End) = (false, 0, 0, 0, 0, null, null);
        _next = Advance();
        return NextPts is not null;
    }

    /// <summary>Closes the file. Frames still leased stay valid until their leases end.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _next?.Picture.Dispose();
        _pool.Dispose();
        _decoder.Dispose();
        _packet.Dispose();
        _input.Dispose();
    }

    private (long Pts, bool IsDamaged) Take(FrameSlot slot)
    {
        var pts = TimeOf(slot.Picture);
        var damage = CorruptPackets + DecodeErrors;
        var isDamaged = damage > _damageSeen;
        _damageSeen = damage;
        return (pts, isDamaged);
    }

    /// <summary>
    /// What a codec makes of a damaged picture depends on how many threads it has, since each conceals from what it decoded itself.
    /// So a video in which damage is met is decoded by one thread: again from its beginning, up to the frame that is next. The frames
    /// before it were sound, and are the same however they were decoded.
    /// </summary>
    private FrameSlot? BeginAgainOnOneThread(FrameSlot? next)
    {
        if (next is not null)
            GiveBack(next);
        _decoder.Dispose();
        _input.Dispose();
        var header = VideoHeader.Read(Path, _interrupt);
        (_input, _stream, _isSingle) = (header.Input, header.Stream, true);
        _input.DiscardAllBut(_stream.Index);
        _decoder = new StreamDecoder(_input, _stream.Index, threads: 1);
        (CorruptPackets, DecodeErrors, BackwardJumps) = (0, 0, 0);
        (_draining, _breakOff, _lastError) = (false, null, "");
        (_drainErrors, _packets, _packetBytes, _damageSeen, _lastPts, _shift) = (0, 0, 0, 0, 0, 0);
        var passed = _frames;
        for (_frames = 0; _frames < passed && Advance() is { } slot; _frames++)
        {
            _ = Take(slot);
            GiveBack(slot);
        }
        return Advance();
    }

    private void GiveBack(FrameSlot slot)
    {
        slot.Picture.Clear();
        _pool.Return(slot);
    }

    // Raw streams carry no times: such frames follow each other at the average rate. Where the times of a file jump back
    // (recordings joined end to end), the clock goes on from there; where damage puts a few frames out of order, it waits
    // for them. So no clip ends before it starts.
    private long TimeOf(Frame picture)
    {
        var next = _frames == 0 ? Info.StartPts : _lastPts + (long)Math.Round(_frameTicks);
        var pts = picture.Pts + _shift ?? next;
        if (_frames > 0 && pts < _lastPts)
        {
            BackwardJumps++;
            var isSplice = (_lastPts - pts) * Info.TimeBase.ToDouble() > SecondsOutOfOrder;
            _shift += isSplice ? next - pts : 0;
            pts = isSplice ? next : _lastPts;
        }
        return _lastPts = pts;
    }

    private FrameSlot? Advance()
    {
        var slot = _pool.Rent();
        while (true)
        {
            var code = _decoder.Receive(slot.Picture);
            if (code >= 0 && (StreamDecoder.TakeConcealed(slot.Picture) | slot.Picture.IsCorrupt))
                DecodeErrors++;
            if ((CardTrouble ?? (code >= 0 ? _pool.Card?.Refusal(slot.Picture) : null)) is { } reason)
            {
                GiveBack(slot);
                throw new CardException(reason);
            }
            if (code >= 0)
                return slot;
            if (code == LibavConstants.AVERROR_EAGAIN && !_outOfMemory)
            {
                Feed();
                continue;
            }
            if (code is not (LibavConstants.AVERROR_EOF or LibavConstants.AVERROR_EAGAIN))
            {
                CountError(code);
                if (!_outOfMemory && (!_draining || ++_drainErrors < MaxErrorsWhileDraining))
                    continue;
            }
            _pool.Return(slot);
            return CardTrouble is { } trouble ? throw new CardException(trouble) : null;
        }
    }

    private string? CardTrouble => _pool.Card is null || CorruptPackets + DecodeErrors == 0 ? null : _cardRefusal ?? "found damage, which only a CPU's decoder tells of";

    /// <summary>Gives the codec the stream's next packet, or the news that there is none.</summary>
    private void Feed()
    {
        while (true)
        {
            LibavLog.Clear();
            var code = _input.Read(_packet);
            if (code == LibavConstants.AVERROR_EAGAIN)
                continue;
            if (code < 0)
            {
                StopFeeding(ReasonOfEnd(code));
                return;
            }
            if (_packet.StreamIndex != _stream.Index)
            {
                _packet.Clear();
                continue;
            }
            _packets++;
            _packetBytes += 1 + _packet.Size; // one more, since tables may also claim any number of empty ones
            if (_packetBytes > _mostBytes)
            {
                _packet.Clear();
                StopFeeding($"found more than {_mostBytes} bytes of packets, expected at most {VideoLimits.Readings} times what the file has");
                return;
            }
            if (_packet.IsCorrupt)
                CorruptPackets++;
            LibavLog.Clear();
            var sent = _decoder.Send(_packet);
            _packet.Clear();
            if (sent < 0)
                CountError(sent);
            return;
        }
    }

    private void RefuseUnfit(Frame picture)
    {
        if (VideoLimits.Refusal(picture.Width, picture.Height, Info.SampleAspect.ToDouble()) is { } reason)
            throw new VideoException(Path, reason);
    }

    private void StopFeeding(string? breakOff)
    {
        _breakOff = breakOff;
        _draining = true;
        _ = _decoder.SendEnd();
    }

    // Demuxers report some broken files as a plain end and only log or note the reason.
    private string? ReasonOfEnd(int code) =>
        code != LibavConstants.AVERROR_EOF ? LibavError.TextAndLog(code)
        : _input.ReadError < 0 ? LibavError.TextAndLog(_input.ReadError)
        : LibavLog.LastError is { Length: > 0 } line ? line
        : null;

    private void CountError(int code)
    {
        DecodeErrors++;
        if (_pool.Card is not null)
            _cardRefusal ??= StreamDecoder.CardRefusal(code);
        _lastError = LibavError.TextAndLog(code);
        // No damage that could be passed over: what follows would be lost picture by picture.
        if (code == LibavConstants.AVERROR_ENOMEM)
            (_outOfMemory, _breakOff) = (true, _lastError);
    }

    private VideoException NoFrames()
    {
        var why = _packetBytes > _mostBytes ? _breakOff : _lastError.Length > 0 ? _lastError : _breakOff ?? "no error reported";
        return new VideoException(Path, $"found no decodable frame in {Plural.Of(_packets, $"{_stream.Codec} packet")} ({why}), expected at least one");
    }
}
