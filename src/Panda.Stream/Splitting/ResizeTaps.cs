namespace Panda.Stream.Splitting;

/// <summary>For each position of one axis of the small picture: the two source positions that bilinear resizing reads, and their weights in 2048ths (OpenCV's INTER_LINEAR).</summary>
public sealed class ResizeTaps
{
    private ResizeTaps(int count)
    {
        First = new int[count];
        Second = new int[count];
        FirstWeight = new int[count];
        SecondWeight = new int[count];
    }

    public int[] First { get; }
    public int[] Second { get; }
    public int[] FirstWeight { get; }
    public int[] SecondWeight { get; }
    public int Count => First.Length;

    /// <summary>Along a row, where a position outside the picture takes the whole weight of the edge.</summary>
    public static ResizeTaps OfColumns(int source, int target) => Create(source, target, columns: true);

    /// <summary>Down a column, where only the positions are held inside and the weights stay.</summary>
    public static ResizeTaps OfRows(int source, int target) => Create(source, target, columns: false);

    private static ResizeTaps Create(int source, int target, bool columns)
    {
        var taps = new ResizeTaps(target);
        // OpenCV takes the scale as the inverse of an inverse; its rounding shows in the weights.
        var scale = 1.0 / ((double)target / source);
        for (var i = 0; i < target; i++)
        {
            var position = (float)((i + 0.5) * scale - 0.5);
            var first = (int)MathF.Floor(position);
            var fraction = position - first;
            if (columns && (first < 0 || first >= source - 1))
                fraction = 0;
            taps.First[i] = Math.Clamp(first, 0, source - 1);
            taps.Second[i] = Math.Clamp(columns && fraction == 0 ? first : first + 1, 0, source - 1);
            taps.FirstWeight[i] = (int)MathF.Round((1f - fraction) * 2048f, MidpointRounding.ToEven);
            taps.SecondWeight[i] = (int)MathF.Round(fraction * 2048f, MidpointRounding.ToEven);
        }
        return taps;
    }
}
