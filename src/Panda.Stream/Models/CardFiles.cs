using System.Security.Cryptography;
using Panda.Stream.Captioning.Stages;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Native.Files;

namespace Panda.Stream.Models;

/// <summary>A file that a card names.</summary>
/// <param name="Path">Where the card names it: the key that holds its name.</param>
/// <param name="HashPath">Where the card gives its SHA-256.</param>
/// <param name="File">Relative to the card's folder.</param>
/// <param name="Sha256">Null when the card gives none.</param>
/// <param name="Session">The session that it belongs to; null when it is none's.</param>
internal sealed record CardFile(string Path, string HashPath, string File, string? Sha256, string? Session);

/// <summary>
/// The files that a card names: are they there, and are they those that it was written for? They lie in the card's folder, or in the
/// folder <c>shared</c> beside it, where cards keep what several of them use.
/// </summary>
internal sealed class CardFiles(string folder, Locations locations, ICollection<Diagnostic> diagnostics)
{
    // protobuf, in which ONNX is written, has no larger messages; larger models keep their weights in files beside.
    private const long MostModelBytes = int.MaxValue;

    /// <summary>Every file that a card names, each once.</summary>
    internal static IEnumerable<CardFile> Of(ModelCard card)
    {
        foreach (var (name, session) in card.Sessions)
        {
            yield return new($"sessions.{name}.file", $"sessions.{name}.sha256", session.File, session.Sha256, name);
            var beside = Path.GetDirectoryName(session.File) ?? "";
            foreach (var (data, hash) in session.Data)
                yield return new($"sessions.{name}.data.{data}", $"sessions.{name}.data.{data}", Path.Combine(beside, data), hash == "unknown" ? null : hash, name);
        }
        if (card.Tokenizer is { } tokenizer)
            yield return new("tokenizer.file", "tokenizer.sha256", tokenizer.File, tokenizer.Sha256, null);
        for (var i = 0; i < card.AllStages.Count; i++)
            if (card.AllStages[i].Labels is { } labels)
                yield return new($"stages[{i}].labels", $"stages[{i}].labels", labels, null, null);
    }

    /// <summary>The SHA-256 of a file; empty, with a diagnostic, when there is no such file.</summary>
    internal byte[] Hash(CardFile named)
    {
        var (file, expected) = (named.File, named.Sha256);
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
            diagnostics.Add(new(locations[named.Path], DiagnosticCode.UnusablePath,
                error is FileNotFoundException or DirectoryNotFoundException
                    ? $"{named.Path}: found no file '{file}' in {folder}"
                    : $"{named.Path}: '{file}' cannot be read: {error.Message}"));
            return [];
        }
        var found = Convert.ToHexStringLower(hash);
        if (expected is not null && !found.Equals(expected, StringComparison.OrdinalIgnoreCase))
            diagnostics.Add(new(locations[named.HashPath], DiagnosticCode.UnfitModel,
                $"{named.HashPath}: '{file}' ({new FileInfo(Path.Combine(folder, file)).Length} bytes) has {found}, expected {expected}; is it another version, or cut short?"));
        return hash;
    }

    /// <summary>Files in which a session's model keeps weights and which the card does not name; a diagnostic where the two do not agree.</summary>
    internal IEnumerable<CardFile> UnnamedWeights(string name, SessionCard session)
    {
        IReadOnlyList<string> found = [];
        try
        {
            using var model = RegularFile.Open(Path.Combine(folder, session.File));
            found = model.Length <= MostModelBytes ? ExternalWeights.NamesIn(model)
                : throw new InvalidDataException($"found {model.Length} bytes, expected at most {MostModelBytes}, the most that ONNX can have in one file");
            foreach (var data in session.Data.Keys.Except(found))
                diagnostics.Add(new(locations[$"sessions.{name}.data.{data}"], DiagnosticCode.UnfitModel, $"sessions.{name}.data: found '{data}', expected a file in which {session.File} keeps weights{(found.Count > 0 ? $": {string.Join(", ", found)}" : "; it keeps them in itself")}"));
        }
        catch (InvalidDataException error)
        {
            diagnostics.Add(new(locations[$"sessions.{name}.file"], DiagnosticCode.UnfitModel, $"sessions.{name}.file: '{session.File}': {error.Message}"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Reported with its hash.
        }
        var key = $"sessions.{name}.file";
        return found.Except(session.Data.Keys).Select(file => new CardFile(key, key, Path.Combine(Path.GetDirectoryName(session.File) ?? "", file), null, name));
    }

    /// <summary>Whether the models that a card asks have cards of their own, in folders beside its own.</summary>
    internal void CheckAsked(ModelCard card)
    {
        var beside = new ModelFolder(Path.GetDirectoryName(folder)!);
        for (var i = 0; i < card.AllStages.Count; i++)
            if (card.AllStages[i].Ask is { } asked && StageCard.IsName(asked) && !beside.Has(asked))
                diagnostics.Add(new(locations[$"stages[{i}].ask"], DiagnosticCode.UnknownName,
                    $"stages[{i}].ask: unknown teacher {ScalarNode.Quote(asked)}{Suggestion.Tail(asked, [.. beside.OfKind(ModelKind.Teacher).Where(name => name != Path.GetFileName(folder))])}"));
    }

    /// <summary>Why a file is none that the card may name; null when it is. A card comes from anywhere, and must not reach anywhere.</summary>
    private string? Outside(string file)
    {
        if (Path.IsPathRooted(file))
            return "found a path from the root, expected one below the card's folder";
        var real = RealPath.Of(Path.Combine(folder, file));
        string[] allowed = [folder, Path.Combine(Path.GetDirectoryName(folder) ?? folder, "shared")];
        return allowed.Any(root => real.StartsWith(RealPath.Of(root) + "/", StringComparison.Ordinal)) ? null
            : $"it leads to {real}, expected a file in the card's folder (a link may stand for that folder as a whole), or in the folder 'shared' beside it";
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
