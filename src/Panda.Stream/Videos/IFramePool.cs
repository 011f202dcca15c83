using Panda.Stream.Videos.Cards;

namespace Panda.Stream.Videos;

/// <summary>Owns picture holders and takes each back when the last lease on it has ended, on whichever thread that is.</summary>
internal interface IFramePool
{
    void Return(FrameSlot slot);

    /// <summary>What knows of its pictures on a card; null where none are.</summary>
    CardPictures? Card => null;
}
