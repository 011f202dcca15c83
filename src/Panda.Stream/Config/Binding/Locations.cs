namespace Panda.Stream.Config.Binding;

/// <summary>Where each value was written, by its path: <c>split.stitch</c>, <c>caption.teachers[1]</c>.</summary>
public sealed class Locations
{
    private readonly Dictionary<string, Location> _written = [];
    private readonly HashSet<string> _unsound = [];
    private readonly Location _root;

    internal Locations(Location root) => _root = root;

    /// <summary>The paths that were written, defaults not among them.</summary>
    public IReadOnlyCollection<string> Paths => _written.Keys;

    /// <summary>Where the value of a path stands; for a default, where the nearest mapping around it stands.</summary>
    public Location this[string path]
    {
        get
        {
            for (; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))])
                if (_written.TryGetValue(path, out var location))
                    return location;
            return _root;
        }
    }

    /// <summary>Whether neither the value of a path nor anything in it was found wrong.</summary>
    internal bool IsSound(string path) =>
        !_unsound.Any(wrong => wrong.StartsWith(path, StringComparison.Ordinal) && (wrong.Length == path.Length || wrong[path.Length] is '.' or '['));

    internal void MarkUnsound(string path) => _unsound.Add(path);

    internal void Add(string path, Location location) => _written[path] = location;
}
