using Panda.Stream.Videos.Cards;

namespace Panda.Stream.Videos;

/// <summary>The picture holders of one decoder, used again and again, so that a decoded frame costs no allocation.</summary>
internal sealed class FramePool(CardPictures? card = null) : IFramePool, IDisposable
{
    private readonly Stack<FrameSlot> _idle = new();
    private bool _disposed;

    public CardPictures? Card => card;

    public FrameSlot Rent()
    {
        lock (_idle)
            return _idle.TryPop(out var slot) ? slot : new FrameSlot(this);
    }

    /// <summary>Takes a slot back; one that comes back after the pool is gone is freed.</summary>
    public void Return(FrameSlot slot)
    {
        lock (_idle)
        {
            if (!_disposed)
            {
                _idle.Push(slot);
                return;
            }
        }
        slot.Free();
    }

    /// <summary>Frees the idle slots now and the leased ones when their last lease ends.</summary>
    public void Dispose()
    {
        lock (_idle)
        {
            _disposed = true;
            while (_idle.TryPop(out var slot))
                slot.Free();
        }
        card?.Dispose();
    }
}
