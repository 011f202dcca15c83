using System.Security.Cryptography;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Tokenizers;

namespace Panda.Stream.Models;

/// <summary>The files that a card names: are they there, and are they those that it was written for?</summary>
internal sealed class CardFiles(string folder, Locations locations, ICollection<Diagnostic> diagnostics)
{
    /// <summary>The SHA-256 of a file; empty, with a diagnostic, when there is no such file.</summary>
    internal byte[] Hash(string file, string? expected, string path)
    {
        byte[] hash;
        try
        {
            using var stream = File.OpenRead(Path.Combine(folder, file));
            hash = SHA256.HashData(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            diagnostics.Add(new(locations[$"{path}.file"], DiagnosticCode.UnusablePath,
                error is FileNotFoundException or DirectoryNotFoundException
                    ? $"{path}.file: found no file '{file}' in {folder}"
                    : $"{path}.file: '{file}' cannot be read: {error.Message}"));
            return [];
        }
        var found = Convert.ToHexStringLower(hash);
        if (expected is not null && !found.Equals(expected, StringComparison.OrdinalIgnoreCase))
            diagnostics.Add(new(locations[$"{path}.sha256"], DiagnosticCode.UnfitModel,
                $"{path}.sha256: '{file}' ({new FileInfo(Path.Combine(folder, file)).Length} bytes) has {found}, expected {expected}; is it another version, or cut short?"));
        return hash;
    }

    internal Tokenizer? LoadTokenizer(ModelCard card)
    {
        var file = Path.Combine(folder, card.Tokenizer!.File);
        if (!File.Exists(file))
            return null; // reported with the hash
        try
        {
            return Tokenizer.Load(file);
        }
        catch (TokenizerException error)
        {
            diagnostics.Add(new(locations["tokenizer.file"], DiagnosticCode.UnfitModel, error.Message));
            return null;
        }
    }
}
