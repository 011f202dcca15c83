using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Native.Processes;

namespace Panda.Stream.Videos.Isolation;

/// <summary>
/// The frames that a decoder's process has written to shared memory, slot by slot, read where they lie. A slot is the process's
/// again when the last lease on its frame has ended; the memory goes when all have, after <see cref="Dispose"/>.
/// </summary>
internal sealed class SharedFrames : IFramePool, IDisposable
{
    private readonly SharedMemory _memory;
    private readonly FrameSlot[] _slots;
    private readonly bool[] _leased;
    private readonly long _slotBytes;
    private readonly Action<int> _free;
    private readonly Lock _lock = new();
    private PictureLayout? _layout;
    private int _leases;
    private bool _disposed;

    /// <param name="free">Told of each slot that has come free, while the frames are in use.</param>
    /// <exception cref="IOException">The process has no such memory.</exception>
    public SharedFrames(int process, RingMessage ring, Action<int> free)
    {
        _memory = SharedMemory.OpenOf(process, ring.Descriptor, checked(ring.Slots * ring.SlotBytes));
        _slots = [.. Enumerable.Range(0, ring.Slots).Select(number => new FrameSlot(this, number))];
        _leased = new bool[ring.Slots];
        (_slotBytes, _free) = (ring.SlotBytes, free);
    }

    /// <summary>A lease on the frame that a message tells of.</summary>
    /// <exception cref="IOException">No sound decoder sends such a message.</exception>
    public DecodedFrame Take(FrameMessage frame, int index)
    {
        if (_layout is null || (_layout.Format, _layout.Width, _layout.Height) != (frame.Format, frame.Width, frame.Height))
            _layout = PictureLayout.Of(frame.Format, frame.Width, frame.Height);
        lock (_lock)
        {
            if (_disposed || (uint)frame.Slot >= (uint)_slots.Length || _leased[frame.Slot] || _layout.Bytes > _slotBytes)
                throw new IOException($"decoder's process: found frame {index} in slot {frame.Slot}, of {_layout.Bytes} bytes, expected a free one of {_slots.Length} slots of {_slotBytes} bytes");
            _leased[frame.Slot] = true;
            _leases++;
        }
        var slot = _slots[frame.Slot];
        slot.Picture.Borrow(_layout, _memory.Start + (nint)(frame.Slot * _slotBytes), frame.ColorRange, frame.ColorSpace);
        return new DecodedFrame(slot, slot.Fill(index, frame.Pts, frame.IsDamaged != 0));
    }

    public void Return(FrameSlot slot)
    {
        lock (_lock)
        {
            _leased[slot.Number] = false;
            _leases--;
            // Told under the lock, so that no slot of this memory is told of once another has taken its place.
            if (!_disposed)
                _free(slot.Number);
            else if (_leases == 0)
                Unmap();
        }
    }

    /// <summary>No further frame is taken; those leased stay valid until their leases end.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_leases == 0)
                Unmap();
        }
    }

    private void Unmap()
    {
        Array.ForEach(_slots, slot => slot.Picture.Dispose());
        _memory.Dispose();
    }
}
