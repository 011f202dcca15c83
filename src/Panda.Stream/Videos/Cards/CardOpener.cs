using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos.Cards;

/// <summary>Decodes a lane's videos on a card, in this process, since what lies on a card cannot be handed to another; by the CPU what the card does not take.</summary>
/// <param name="ordinal">The card.</param>
/// <param name="cpu">Decodes by the CPU, wherever that is done.</param>
/// <param name="held">Frames that are leased at once, at most.</param>
/// <param name="refusals">Of all lanes.</param>
internal sealed class CardOpener(int ordinal, IVideoOpener cpu, int held, CardRefusals refusals) : IVideoOpener
{
    private DecodeCard? _card;
    private string? _missing;

    public IVideoHeader Open(string path, CancellationToken interrupt) => new Header(this, VideoHeader.Read(path, interrupt), interrupt);

    public void Dispose()
    {
        _card?.Dispose();
        cpu.Dispose();
    }

    /// <exception cref="CardException">There is none that could decode; nothing is looked for again.</exception>
    private DecodeCard Card()
    {
        if (_missing is null)
        {
            try
            {
                return _card ??= DecodeCard.Open(ordinal);
            }
            catch (Exception missing) when (missing is NativeLibraryException or CudaException or LibavException)
            {
                _missing = NativeLibraryException.OneLine(missing);
            }
        }
        throw new CardException(_missing);
    }

    private CardSource Decode(VideoHeader header, int threads, CancellationToken interrupt) => new(
        header.Info.Codec, () => VideoDecoder.Open(header, Card(), held), () => cpu.Open(header.Path, interrupt).Decode(threads), refusals);

    private sealed class Header(CardOpener opener, VideoHeader header, CancellationToken interrupt) : IVideoHeader
    {
        public string Path => header.Path;
        public VideoStreamInfo Info => header.Info;
        public long? PictureBytes => header.PictureBytes;

        public IFrameSource Decode(int threads) => opener.Decode(header, threads, interrupt);

        public void Dispose() => header.Dispose();
    }
}
