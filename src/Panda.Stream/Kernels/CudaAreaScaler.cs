using System.Runtime.InteropServices;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Videos.Cards;

namespace Panda.Stream.Kernels;

/// <summary><see cref="Videos.AreaScaler"/> on the card where a frame lies: only the small picture comes back. Holds the weights of one size. For one thread at a time.</summary>
internal sealed class CudaAreaScaler : IDisposable
{
    private readonly DecodeCard _card;
    private readonly AreaTables _tables;
    private readonly CudaLease<CudaMemory> _numbers;
    private readonly CudaEvent _done;

    /// <exception cref="CudaException">The card is out of memory, or has failed.</exception>
    public CudaAreaScaler(DecodeCard card, int fromWidth, int fromHeight, int width, int height)
    {
        (_card, FromWidth, FromHeight, Width, Height) = (card, fromWidth, fromHeight, width, height);
        _tables = new(fromWidth, fromHeight, width, height);
        var numbers = MemoryMarshal.AsBytes<int>(_tables.Numbers);
        _numbers = card.Memory.Rent(numbers.Length);
        try
        {
            _done = card.Context.CreateEvent();
            using var upload = card.Pinned.Rent(numbers.Length);
            numbers.CopyTo(upload.Block.Span);
            card.Stream.Upload(upload.Block, _numbers.Block, numbers.Length);
        }
        catch
        {
            _numbers.Dispose();
            _done?.Dispose();
            throw;
        }
    }

    public int FromWidth { get; }
    public int FromHeight { get; }
    public int Width { get; }
    public int Height { get; }

    /// <param name="frame">8-bit, of the size that the scaler is for.</param>
    /// <param name="rotation">Degrees clockwise by which the picture is turned.</param>
    /// <param name="rgb">3 * Width * Height bytes.</param>
    /// <exception cref="CudaException">The card is out of memory, or has failed.</exception>
    public void Scale(in DeviceFrame frame, SourceColors colors, int rotation, Span<byte> rgb)
    {
        using var picture = _card.Memory.Rent(rgb.Length);
        using var readBack = _card.Pinned.Rent(rgb.Length);
        _card.Kernels.Launch(_card.Stream, _tables.Arguments(
            _numbers.Block.Pointer, frame.Planes, frame.Shape, picture.Block.Pointer, Videos.AreaColours.Of(colors), rotation));
        _card.Stream.ReadBack(picture.Block, readBack.Block, rgb.Length);
        // Not for what the decoder has queued meanwhile.
        _done.Record(_card.Stream);
        _done.Synchronize();
        readBack.Block.Span[..rgb.Length].CopyTo(rgb);
    }

    public void Dispose()
    {
        _numbers.Dispose();
        _done.Dispose();
    }
}
