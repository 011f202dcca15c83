using System.Security.Cryptography;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Models;

/// <summary>The files that a card names: are they there, and are they those that it was written for?</summary>
internal sealed class CardFiles(string folder, Locations locations, ICollection<Diagnostic> diagnostics)
{
    // protobuf, in which ONNX is written, has no larger messages; larger models keep their weights in files beside.
    private const long MostModelBytes = int.MaxValue;

    /// <summary>The SHA-256 of a file; empty, with a diagnostic, when there is no such file.</summary>
    internal byte[] Hash(string file, string? expected, string path) => Hash(file, expected, $"{path}.file", $"{path}.sha256");

    /// <summary>The SHA-256 of every file in which a model keeps weights; a diagnostic for each that cannot be used.</summary>
    internal byte[] HashWeights(SessionCard session, string path)
    {
        IReadOnlyList<string> names;
        try
        {
            using var model = RegularFile.Open(Path.Combine(folder, session.File));
            names = model.Length <= MostModelBytes ? ExternalWeights.NamesIn(model)
                : throw new InvalidDataException($"found {model.Length} bytes, expected at most {MostModelBytes}, the most that ONNX can have in one file");
        }
        catch (InvalidDataException error)
        {
            diagnostics.Add(new(locations[$"{path}.file"], DiagnosticCode.UnfitModel, $"{path}.file: '{session.File}': {error.Message}"));
            return [];
        }
        catch (IOException)
        {
            return []; // reported with the hash
        }
        foreach (var name in session.WeightsSha256.Keys.Except(names))
            diagnostics.Add(new(locations[$"{path}.weights_sha256"], DiagnosticCode.UnfitModel, $"{path}.weights_sha256: found '{name}', expected a file in which {session.File} keeps weights{(names.Count > 0 ? $": {string.Join(", ", names)}" : "; it keeps them in itself")}"));
        return [.. names.SelectMany(name => Hash(name, session.WeightsSha256.GetValueOrDefault(name), $"{path}.file", $"{path}.weights_sha256"))];
    }

    private byte[] Hash(string file, string? expected, string fileKey, string hashKey)
    {
        byte[] hash;
        try
        {
            if (Outside(file) is { } why)
                throw new IOException(why);
            using var stream = RegularFile.Open(Path.Combine(folder, file));
            hash = SHA256.HashData(stream);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            diagnostics.Add(new(locations[fileKey], DiagnosticCode.UnusablePath,
                error is FileNotFoundException
                    ? $"{fileKey}: found no file '{file}' in {folder}"
                    : $"{fileKey}: '{file}' cannot be read: {error.Message}"));
            return [];
        }
        var found = Convert.ToHexStringLower(hash);
        if (expected is not null && !found.Equals(expected, StringComparison.OrdinalIgnoreCase))
            diagnostics.Add(new(locations[hashKey], DiagnosticCode.UnfitModel,
                $"{hashKey}: '{file}' ({new FileInfo(Path.Combine(folder, file)).Length} bytes) has {found}, expected {expected}; is it another version, or cut short?"));
        return hash;
    }

    /// <summary>Why a file is not one of the card's folder; null when it is. A card comes from anywhere, and must not reach anywhere.</summary>
    private string? Outside(string file)
    {
        var real = RealPath.Of(Path.Combine(folder, file));
        return Path.IsPathRooted(file) ? "found a path from the root, expected one below the card's folder"
            : real.StartsWith(RealPath.Of(folder) + "/", StringComparison.Ordinal) ? null
            : $"it leads to {real}, expected a file in the card's folder (a link may stand for that folder as a whole)";
    }

    internal Tokenizer? LoadTokenizer(ModelCard card)
    {
        var file = Path.Combine(folder, card.Tokenizer!.File);
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
