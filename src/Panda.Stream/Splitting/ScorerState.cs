namespace Panda.Stream.Splitting;

/// <summary>What a scorer knows when it goes on where another stopped.</summary>
/// <param name="Scored">Frames scored, at least one.</param>
/// <param name="Width">Of the small picture.</param>
/// <param name="Height">Of the small picture.</param>
/// <param name="Latest">Of the latest frame: each pixel of the small picture as hue | saturation &lt;&lt; 8 | value &lt;&lt; 16, or the histograms' counts.</param>
internal sealed record ScorerState(int Scored, int Width, int Height, uint[] Latest);
