namespace Panda.Stream.Videos.Cards;

/// <summary>A card cannot decode a video, or cannot go on with it; the message says why.</summary>
internal sealed class CardException(string reason) : Exception(reason);
