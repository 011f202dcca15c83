using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Panda.Stream.Videos;

/// <summary>16 pixels whose colours lie apart, written one after the other.</summary>
internal static class RgbPixels
{
    private const byte Nothing = 0xFF; // as an index of a shuffle: a zero

    // Of each 16 bytes of the 48, for each colour: which pixel's it is.
    private static readonly Vector128<byte>[] Places = [.. Enumerable.Range(0, 3).SelectMany(part => Enumerable.Range(0, 3).Select(colour => PlacesOf(part, colour)))];

    /// <param name="rgb">Takes the first pixels where there is no room for all.</param>
    /// <returns>Bytes written.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Store(Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue, Span<byte> rgb)
    {
        ReadOnlySpan<Vector128<byte>> places = Places;
        var first = Pick(places, 0, red, green, blue);
        var second = Pick(places, 3, red, green, blue);
        var third = Pick(places, 6, red, green, blue);
        var whole = rgb.Length >= 3 * Vector128<byte>.Count ? rgb : stackalloc byte[3 * Vector128<byte>.Count];
        first.CopyTo(whole);
        second.CopyTo(whole[Vector128<byte>.Count..]);
        third.CopyTo(whole[(2 * Vector128<byte>.Count)..]);
        if (rgb.Length >= 3 * Vector128<byte>.Count)
            return 3 * Vector128<byte>.Count;
        whole[..rgb.Length].CopyTo(rgb);
        return rgb.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Pick(ReadOnlySpan<Vector128<byte>> places, int at, Vector128<byte> red, Vector128<byte> green, Vector128<byte> blue) =>
        Vector128.ShuffleNative(red, places[at]) | Vector128.ShuffleNative(green, places[at + 1]) | Vector128.ShuffleNative(blue, places[at + 2]);

    private static Vector128<byte> PlacesOf(int part, int colour)
    {
        var places = new byte[Vector128<byte>.Count];
        for (var i = 0; i < places.Length; i++)
        {
            var at = part * places.Length + i;
            places[i] = at % 3 == colour ? (byte)(at / 3) : Nothing;
        }
        return Vector128.Create(places);
    }
}
