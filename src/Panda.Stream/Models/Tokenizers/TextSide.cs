namespace Panda.Stream.Models.Tokenizers;

/// <summary>The end of a text at which it is cut or filled up.</summary>
public enum TextSide
{
    Right,
    Left,
}
