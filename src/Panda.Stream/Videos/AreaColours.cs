using Panda.Stream.Native.FFmpeg;

namespace Panda.Stream.Videos;

/// <summary>From small samples, which have 4 bits below the byte, to RGB, in integers of 16 bits below that.</summary>
/// <param name="Black">What is taken from luma first.</param>
/// <param name="FromY">How luma enters each colour; the others: how chroma less its middle does.</param>
internal readonly record struct AreaColours(int Black, int FromY, int RedFromV, int GreenFromU, int GreenFromV, int BlueFromU)
{
    /// <summary>Bits of small samples below the byte.</summary>
    public const int FractionBits = 4;

    public static AreaColours Of(SourceColors colors)
    {
        var of = Scaler.CoefficientsOf(colors.ColorSpace);
        var (black, fromY) = colors.FullRange ? (0, 1 << 16) : (16 << FractionBits, (int)Math.Round(65536 * 255 / 219.0));
        return new(black, fromY, Chroma(of.RedFromV), Chroma(of.GreenFromU), Chroma(of.GreenFromV), Chroma(of.BlueFromU));

        int Chroma(int coefficient) => colors.FullRange ? (int)Math.Round(coefficient * 224 / 255.0) : coefficient;
    }
}
