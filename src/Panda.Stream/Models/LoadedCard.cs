using System.Security.Cryptography;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Devices;
using Panda.Stream.Models.Tokenizers;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>A card whose mistakes that can be seen without opening a session have been looked for: its files are there and are the right ones.</summary>
public sealed class LoadedCard
{
    private readonly string _folder;
    private readonly Locations _locations;
    private readonly IReadOnlyDictionary<string, byte[]> _hashes;

    private LoadedCard(ModelCard card, string path, Locations locations, string identity, Tokenizer? tokenizer, IReadOnlyDictionary<string, byte[]> hashes)
    {
        (Card, CardPath, _folder, _locations, Identity, Tokenizer, _hashes) = (card, path, Path.GetDirectoryName(path)!, locations, identity, tokenizer, hashes);
    }

    /// <summary>The card's file.</summary>
    internal string CardPath { get; }

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
        path = Path.GetFullPath(path);
        if (bound.Value is { } card)
        {
            var (hashes, tokenizer) = Examine(card, Path.GetDirectoryName(path)!, bound.Locations, found, _ => true);
            if (found.Count == 0)
            {
                using var identity = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                foreach (var hash in hashes.Values)
                    identity.AppendData(hash);
                identity.AppendData(File.ReadAllBytes(path));
                return new LoadedCard(card, path, bound.Locations, $"{card.Name}@{Convert.ToHexStringLower(identity.GetHashAndReset())[..8]}", tokenizer, hashes);
            }
        }
        foreach (var diagnostic in found.OrderBy(diagnostic => diagnostic.At.Line).ThenBy(diagnostic => diagnostic.At.Column))
            diagnostics.Add(diagnostic);
        return null;
    }

    /// <summary>Looks for mistakes in a card and in those of its files that are to be read.</summary>
    /// <param name="isRead">Whether a file is.</param>
    /// <returns>The SHA-256 of each file that was read, empty where it could not be; and the tokenizer.</returns>
    internal static (OrderedDictionary<string, byte[]> Hashes, Tokenizer? Tokenizer) Examine(ModelCard card, string folder, Locations at, List<Diagnostic> found, Predicate<string> isRead)
    {
        found.AddRange(CardChecks.Check(card, at));
        var files = new CardFiles(folder, at, found);
        files.CheckAsked(card);
        var hashes = new OrderedDictionary<string, byte[]>();
        bool IsThere(string file) => hashes.TryGetValue(file, out var hash) && hash.Length > 0;
        foreach (var file in CardFiles.Of(card).Concat(card.Sessions.Where(session => IsThere(session.Value.File)).SelectMany(session => files.UnnamedWeights(session.Key, session.Value))).Where(file => isRead(file.File)))
            hashes[file.File] = files.Hash(file);
        var tokenizer = card.Tokenizer is { } named && IsThere(named.File) ? files.LoadTokenizer(card) : null;
        if (tokenizer is not null)
            found.AddRange(CardChecks.Check(card, tokenizer, at));
        return (hashes, tokenizer);
    }

    /// <summary>The same model under other rules.</summary>
    internal LoadedCard With(ModelCard card) => new(card, CardPath, _locations, Identity, Tokenizer, _hashes);

    /// <exception cref="ModelCardException">The card is of another kind.</exception>
    internal void Require(ModelKind kind)
    {
        if (Card.Kind != kind)
            throw Unfit("kind", $"kind: found {Card.Kind}, expected {kind}");
    }

    /// <summary>What to throw when a session turns out not to be what its card says.</summary>
    internal ModelCardException Unfit(string path, string message) => new([new(_locations[path], DiagnosticCode.UnfitModel, message)]);

    internal string PathOf(string session) => Path.Combine(_folder, Card.Sessions[session].File);

    /// <summary>What is in a session's files.</summary>
    internal string HashOf(string session) =>
        string.Concat(CardFiles.Of(Card).Where(file => file.Session == session).Select(file => Convert.ToHexStringLower(_hashes[file.File])));

    /// <summary>The text of a file that the card names, such as a list of labels.</summary>
    internal string[] ReadLines(string file) => File.ReadAllLines(Path.Combine(_folder, file));

    /// <summary>The file of another model's card, whose folder lies beside this one's.</summary>
    internal string PathBeside(string name) => Path.GetFullPath(Path.Combine(_folder, "..", name, "card.yaml"));

    /// <summary>Opens a session of the card.</summary>
    /// <exception cref="ModelCardException">The file is no sound ONNX model, or the device has no room for it.</exception>
    /// <exception cref="DeviceException">The device has failed.</exception>
    internal OnnxSession Open(string name, ModelOptions options)
    {
        try
        {
            return OnnxSession.Open(PathOf(name), options.IntraOpThreads, options.Device?.Memory);
        }
        catch (OnnxRuntimeException error) when (Refusal(name, options.Device, error) is { } refusal)
        {
            throw refusal;
        }
        catch (OnnxRuntimeException error)
        {
            throw Unfit($"sessions.{name}.file",
                $"found '{Card.Sessions[name].File}', which ONNX Runtime {OnnxEnvironment.Version} cannot open, expected an ONNX model: {error.Message}");
        }
    }

    /// <summary>What to throw for an error which says that a device has no room for a session, or has failed; null for any other.</summary>
    internal Exception? Refusal(string name, ModelDevice? device, Exception error)
    {
        if (device is not { IsCard: true } || !OutOfMemory.IsIn(error))
            return device?.Fault(error);
        var path = $"sessions.{name}.file";
        return new NoRoomException([new(_locations[path], DiagnosticCode.UnfitModel, $"{path}: found no room for '{Card.Sessions[name].File}' on {device}, of which {new ByteCount(device.FreeBytes)} are free: {error.Message}")]);
    }

    /// <summary>Holds an opened session against the card.</summary>
    /// <exception cref="ModelCardException">Its tensors are not those of the card.</exception>
    internal void Compare(string name, OnnxSession opened)
    {
        var mistakes = TensorChecks.Compare(name, CardSessions.WithCache(Card, name), opened, _locations).ToArray();
        if (mistakes.Length > 0)
            throw new ModelCardException(mistakes);
    }
}
