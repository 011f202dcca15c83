using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Videos.Cards;

namespace Panda.Stream.Videos;

/// <summary>
/// A picture holder and the count of its leases. The state is one number, changed by compare-and-swap:
/// bits 0..15 say which leases live, bits 16..20 how many were given out, the rest counts how often the slot was filled.
/// No two leases ever have the same key, so a lease disposed twice, or after the slot was filled anew, hurts nobody.
/// </summary>
internal sealed class FrameSlot(IFramePool pool, int number = 0)
{
    private const int MaxLeases = 16, GenerationShift = 21;
    private const long GivenOne = 1L << 16, GenerationMask = -1L << GenerationShift;

    private long _state;
    private Frame? _room;

    internal Frame Picture { get; } = new();

    /// <summary>What knows of pictures on a card; null where none are.</summary>
    internal CardPictures? Card => pool.Card;

    /// <summary>The picture of a card in the machine's memory; null until it was brought there.</summary>
    internal Frame? OnHost { get; set; }

    /// <summary>Its place in the pool, where places count.</summary>
    internal int Number { get; } = number;

    internal int Index { get; private set; }
    internal long Pts { get; private set; }
    internal bool IsDamaged { get; private set; }

    /// <summary>Starts the life of a newly decoded picture.</summary>
    /// <returns>The key of its first lease.</returns>
    internal long Fill(int index, long pts, bool isDamaged)
    {
        (Index, Pts, IsDamaged, OnHost) = (index, pts, isDamaged, null);
        var generation = (_state & GenerationMask) + (1L << GenerationShift);
        Volatile.Write(ref _state, generation | GivenOne | 1);
        return generation | 1;
    }

    /// <summary>A holder for <see cref="OnHost"/>, whose memory is used again.</summary>
    internal Frame TakeRoom() => _room ??= new();

    /// <summary>Frees what it holds.</summary>
    internal void Free()
    {
        Picture.Dispose();
        _room?.Dispose();
    }

    internal bool IsLive(long key) => IsLive(Volatile.Read(ref _state), key);

    /// <summary>Adds a lease to a live one.</summary>
    internal long Share(long key)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            ObjectDisposedException.ThrowIf(!IsLive(state, key), typeof(DecodedFrame));
            var given = (int)(state >> 16) & 31;
            if (given == MaxLeases)
                throw new InvalidOperationException($"frame {Index}: found a request for lease {MaxLeases + 1}, expected {MaxLeases} at most.");
            var bit = 1L << given;
            if (Interlocked.CompareExchange(ref _state, (state | bit) + GivenOne, state) == state)
                return (state & GenerationMask) | bit;
        }
    }

    /// <summary>Ends a lease; the last one lets the pixels go.</summary>
    internal void Release(long key)
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (!IsLive(state, key))
                return;
            var left = state & ~(key & 0xFFFF);
            if (Interlocked.CompareExchange(ref _state, left, state) != state)
                continue;
            if ((left & 0xFFFF) == 0)
            {
                Picture.Clear();
                pool.Return(this);
            }
            return;
        }
    }

    private static bool IsLive(long state, long key) => (state & key & 0xFFFF) != 0 && ((state ^ key) & GenerationMask) == 0;
}
