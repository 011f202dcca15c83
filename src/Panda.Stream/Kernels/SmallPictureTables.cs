using System.Runtime.InteropServices;
using Panda.Stream.Splitting;

namespace Panda.Stream.Kernels;

/// <summary>For a column (or row) of the small picture: what it adds to a sample's place in its plane, for the two source columns (rows) it is made of, and their weights.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal readonly record struct Tap(int Luma, int Chroma, int SecondLuma, int SecondChroma, int Weight, int SecondWeight);

/// <summary>The frames of a batch and how their small pictures are made; pointers to device copies of <see cref="SmallPictureTables"/>.</summary>
internal readonly record struct SmallPictureArguments(
    nint Frames, nint Columns, nint Rows, YuvCoefficients Matrix, int Width, int Height, int SameSize)
{
    public int Pixels => Width * Height;
}

/// <summary>Where the small picture's pixels come from, for frames of one shape; rotation is in the places, so a kernel knows nothing of it.</summary>
internal sealed class SmallPictureTables
{
    public SmallPictureTables(PictureShape shape, int width, int height)
    {
        SameSize = (width, height) == (shape.UprightWidth, shape.UprightHeight);
        Columns = Taps(ResizeTaps.OfColumns(shape.UprightWidth, width), shape.ColumnOffset);
        Rows = Taps(ResizeTaps.OfRows(shape.UprightHeight, height), shape.RowOffset);
    }

    public Tap[] Columns { get; }

    public Tap[] Rows { get; }

    public bool SameSize { get; }

    public SmallPictureArguments Arguments(nint frames, nint columns, nint rows, bool fullRange) =>
        new(frames, columns, rows, YuvCoefficients.Bt601(fullRange), Columns.Length, Rows.Length, SameSize ? 1 : 0);

    private static Tap[] Taps(ResizeTaps taps, Func<int, (int Luma, int Chroma)> place)
    {
        var result = new Tap[taps.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var (first, second) = (place(taps.First[i]), place(taps.Second[i]));
            result[i] = new(first.Luma, first.Chroma, second.Luma, second.Chroma, taps.FirstWeight[i], taps.SecondWeight[i]);
        }
        return result;
    }
}
