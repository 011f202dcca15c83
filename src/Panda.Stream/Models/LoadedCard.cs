using System.Security.Cryptography;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>A card whose mistakes that can be seen without opening a session have been looked for: its files are there and are the right ones.</summary>
public sealed class LoadedCard
{
    private readonly string _folder;
    private readonly Locations _locations;

    private LoadedCard(ModelCard card, string folder, Locations locations, string identity, Tokenizer? tokenizer)
    {
        (Card, _folder, _locations, Identity, Tokenizer) = (card, folder, locations, identity, tokenizer);
    }

    public ModelCard Card { get; }

    /// <summary>The card's name and eight hexadecimal digits that change with the card or any of its files.</summary>
    public string Identity { get; }

    internal Tokenizer? Tokenizer { get; }

    /// <exception cref="ModelCardException">With every mistake that was found.</exception>
    public static LoadedCard Load(string path)
    {
        var diagnostics = new List<Diagnostic>();
        return TryLoad(path, diagnostics) ?? throw new ModelCardException(diagnostics);
    }

    /// <summary>The card, or null with the mistakes added to <paramref name="diagnostics"/>.</summary>
    public static LoadedCard? TryLoad(string path, ICollection<Diagnostic> diagnostics)
    {
        var bound = YamlBinder.Load<ModelCard>(path);
        var found = bound.Diagnostics.ToList();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Tokenizer? tokenizer = null;
        using var identity = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (bound.Value is { } card)
        {
            found.AddRange(CardChecks.Check(card, bound.Locations));
            var files = new CardFiles(folder, bound.Locations, found);
            foreach (var (name, session) in card.Sessions)
            {
                var hash = files.Hash(session.File, session.Sha256, $"sessions.{name}");
                identity.AppendData(hash);
                if (hash.Length > 0)
                    identity.AppendData(files.HashWeights(session, $"sessions.{name}"));
            }
            if (card.Tokenizer is not null)
            {
                var hash = files.Hash(card.Tokenizer.File, card.Tokenizer.Sha256, "tokenizer");
                identity.AppendData(hash);
                tokenizer = hash.Length > 0 ? files.LoadTokenizer(card) : null;
                if (tokenizer is not null)
                    found.AddRange(CardChecks.Check(card, tokenizer, bound.Locations));
            }
            if (found.Count == 0)
            {
                identity.AppendData(File.ReadAllBytes(path));
                return new LoadedCard(card, folder, bound.Locations, $"{card.Name}@{Convert.ToHexStringLower(identity.GetHashAndReset())[..8]}", tokenizer);
            }
        }
        foreach (var diagnostic in found.OrderBy(diagnostic => diagnostic.At.Line).ThenBy(diagnostic => diagnostic.At.Column))
            diagnostics.Add(diagnostic);
        return null;
    }

    /// <exception cref="ModelCardException">The card is of another kind.</exception>
    internal void Require(ModelKind kind)
    {
        if (Card.Kind != kind)
            throw Unfit("kind", $"kind: found {Card.Kind}, expected {kind}");
    }

    /// <summary>What to throw when a session turns out not to be what its card says.</summary>
    internal ModelCardException Unfit(string path, string message) => new([new(_locations[path], DiagnosticCode.UnfitModel, message)]);

    /// <summary>Opens a session of the card.</summary>
    /// <exception cref="ModelCardException">The file is no sound ONNX model, or its tensors are not those of the card.</exception>
    internal OnnxSession Open(string name, ModelOptions options)
    {
        var card = Card.Sessions[name];
        OnnxSession session;
        try
        {
            session = OnnxSession.Open(Path.Combine(_folder, card.File), options.IntraOpThreads);
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelCardException([new(_locations[$"sessions.{name}.file"], DiagnosticCode.UnfitModel,
                $"found '{card.File}', which ONNX Runtime {OnnxEnvironment.Version} cannot open, expected an ONNX model: {error.Message}")]);
        }
        var mistakes = TensorChecks.Compare(name, card, session, _locations).ToArray();
        if (mistakes.Length == 0)
            return session;
        session.Dispose();
        throw new ModelCardException(mistakes);
    }
}
