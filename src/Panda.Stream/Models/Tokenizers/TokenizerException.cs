namespace Panda.Stream.Models.Tokenizers;

/// <summary>A tokenizer file cannot be used; the message names the file, what was found and what was expected.</summary>
public sealed class TokenizerException(string message) : Exception(message);
