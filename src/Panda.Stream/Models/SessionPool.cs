using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>Opens the sessions of cards. Those with an <c>id</c> are opened once, however many cards name it, and closed with the last. Safe for use by several threads at once.</summary>
public sealed class SessionPool(ModelOptions options)
{
    private readonly Dictionary<string, Shared> _shared = [];
    private readonly Lock _lock = new();

    internal ModelOptions Options => options;

    private sealed class Shared(OnnxSession session, string file, string hash)
    {
        public OnnxSession Session { get; } = session;
        public string File { get; } = file;
        public string Hash { get; } = hash;
        public int Users { get; set; }
    }

    /// <exception cref="ModelCardException">The file is no sound ONNX model, its tensors are not those of the card, or the id belongs to another file.</exception>
    internal ModelSession Open(LoadedCard card, string name)
    {
        if (card.Card.Sessions[name].Id is not { } id)
        {
            var own = card.Open(name, options);
            return Checked(new(own, card.Card.Name, name, isShared: false, own.Dispose, options), card);
        }
        lock (_lock)
        {
            if (!_shared.TryGetValue(id, out var shared))
                _shared[id] = shared = new(card.Open(name, options), card.PathOf(name), card.HashOf(name));
            else if (shared.Hash != card.HashOf(name))
                throw card.Unfit($"sessions.{name}.id", $"sessions.{name}.id: found '{id}' for {card.PathOf(name)}, which another card has given to another file, {shared.File}; expected one file for one id");
            shared.Users++;
            return Checked(new(shared.Session, card.Card.Name, name, isShared: true, () => Release(id, shared), options), card);
        }
    }

    private static ModelSession Checked(ModelSession session, LoadedCard card)
    {
        try
        {
            card.Compare(session.Name, session.Onnx);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void Release(string id, Shared shared)
    {
        lock (_lock)
        {
            if (--shared.Users > 0)
                return;
            _shared.Remove(id);
            shared.Session.Dispose();
        }
    }
}
