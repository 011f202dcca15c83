using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>Keeps one swscale context and its output rows, and makes them anew only when a frame's size or format changes.</summary>
internal sealed class PictureConverter : IDisposable
{
    // swscale's vector code writes past a row's last pixel, up to this.
    private const int RowSlack = 64;

    private Scaler? _scaler;
    private byte[] _rows = [];

    /// <returns>Rows of 3 * width bytes, <paramref name="stride"/> apart; valid until the next call.</returns>
    internal ReadOnlySpan<byte> Convert(Frame picture, int width, int height, int format, int filter, SourceColors? colors, out int stride)
    {
        var scaling = new Scaling(picture.Width, picture.Height, picture.Format, width, height, format, filter, colors);
        if (_scaler is null || _scaler.Scaling != scaling)
        {
            _scaler?.Dispose();
            _scaler = null; // So that a refused conversion leaves nothing half disposed.
            _scaler = new Scaler(scaling);
        }
        stride = (3 * width + 2 * RowSlack - 1) / RowSlack * RowSlack;
        if (_rows.Length < stride * height)
            _rows = new byte[stride * height];
        _scaler.Convert(picture, _rows, stride);
        return _rows;
    }

    public void Dispose() => _scaler?.Dispose();
}
