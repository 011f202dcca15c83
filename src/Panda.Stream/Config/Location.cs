namespace Panda.Stream.Config;

/// <summary>Where something was written: a place in a file, or (line 0) a whole command-line argument.</summary>
/// <param name="Source">The file as the user named it, or the argument, such as <c>--set split.stitch=0.5</c>.</param>
/// <param name="Line">Counted from 1; 0 when the source has no lines.</param>
/// <param name="Column">Counted from 1.</param>
public readonly record struct Location(string Source, int Line = 0, int Column = 0)
{
    public override string ToString() => Line == 0 ? Source : $"{Source}({Line},{Column})";
}
