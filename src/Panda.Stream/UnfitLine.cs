namespace Panda.Stream;

/// <summary>A line of a file that was left out, and why, as <c>file(line): found X, expected Y</c>.</summary>
/// <param name="Line">Its number, from 1.</param>
public sealed record UnfitLine(int Line, string Message);
