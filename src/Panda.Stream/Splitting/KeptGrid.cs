namespace Panda.Stream.Splitting;

/// <summary>Which frames of a video are kept for the models: the first of each of the equal spans, so many a second, into which it falls.</summary>
internal readonly struct KeptGrid
{
    private readonly double _fps, _perSecond;

    /// <param name="fps">Frames a second.</param>
    /// <param name="perSecond">Kept frames a second; 0 keeps every frame.</param>
    // A span a frame where all are kept: products of the rate would round some away.
    internal KeptGrid(double fps, double perSecond) => (_fps, _perSecond) = perSecond > 0 && perSecond < fps ? (fps, perSecond) : (1, 1);

    internal bool Has(int index) => index == 0 || Span(index) != Span(index - 1);

    private long Span(int index) => (long)(index * _perSecond / _fps);
}
