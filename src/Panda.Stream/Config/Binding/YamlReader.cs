using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Panda.Stream.Config.Binding;

/// <summary>
/// YAML text to nodes that keep line and column. It reads YamlDotNet's events, not its node tree, because that tree stops at the
/// first duplicate key and here every error of a file is to be told at once.
/// </summary>
internal sealed class YamlReader
{
    // Deeper than any configuration or card; a recursion without such a limit ends the process on "[[[[[...".
    private const int MaxDepth = 32;

    // Aliases can name aliases, so a kilobyte may stand for a billion nodes.
    private const int MaxNodes = 100_000;

    private readonly Location _origin;
    private readonly Parser _events;
    private readonly ICollection<Diagnostic> _diagnostics;
    private readonly Dictionary<string, (ConfigNode Node, int Weight)> _anchors = [];
    private int _nodes;

    private YamlReader(Location origin, string text, ICollection<Diagnostic> diagnostics)
    {
        _origin = origin;
        _events = new Parser(new StringReader(text));
        _diagnostics = diagnostics;
    }

    /// <summary>The one document of a text, or null with the reason in <paramref name="diagnostics"/>.</summary>
    /// <param name="origin">Where the text begins; of an argument, which has no lines, every place is the argument itself.</param>
    /// <param name="text">YAML.</param>
    /// <param name="diagnostics">Receives what is wrong.</param>
    public static ConfigNode? Read(Location origin, string text, ICollection<Diagnostic> diagnostics)
    {
        var reader = new YamlReader(origin, text, diagnostics);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException error)
        {
            diagnostics.Add(new(At(origin, error.Start), DiagnosticCode.Syntax, error.Message));
        }
        // Some malformed texts (a lone '!!', a plain word broken by control characters) meet errors of YamlDotNet's own.
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            var read = reader._events.Current is { } last ? At(origin, last.End) : origin;
            diagnostics.Add(new(read, DiagnosticCode.Syntax, "found text from here on that is not YAML"));
        }
        return null;
    }

    private ConfigNode? ReadDocument()
    {
        _events.Consume<StreamStart>();
        if (_events.TryConsume<StreamEnd>(out _))
        {
            _diagnostics.Add(new(_origin, DiagnosticCode.UnreadableFile, "found an empty file, expected keys and values"));
            return null;
        }
        _events.Consume<DocumentStart>();
        var root = ReadNode(0);
        _events.Consume<DocumentEnd>();
        if (_events.Accept<DocumentStart>(out var second))
            throw new YamlException(second.Start, second.End, "found a second document, expected one");
        _events.Consume<StreamEnd>();
        return root;
    }

    private ConfigNode ReadNode(int depth)
    {
        if (_events.TryConsume<AnchorAlias>(out var alias))
            return Resolve(alias);

        var start = _events.Consume<NodeEvent>();
        if (!start.Tag.IsEmpty && start.Tag != "!")
            throw new YamlException(start.Start, start.End, $"found the tag {ScalarNode.Quote(start.Tag.Value)}, expected a value without a tag");
        if (depth == MaxDepth)
            throw new YamlException(start.Start, start.End, $"found values nested more than {MaxDepth} deep");

        var before = _nodes;
        Count(1, start);
        ConfigNode node = start switch
        {
            Scalar scalar => ToNode(scalar),
            SequenceStart => ReadList(start, depth),
            _ => ReadMap(start, depth),
        };
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = (node, _nodes - before);
        return node;
    }

    private ListNode ReadList(NodeEvent start, int depth)
    {
        var items = new List<ConfigNode>();
        while (!_events.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(depth + 1));
        return new(At(_origin, start.Start), items);
    }

    private MapNode ReadMap(NodeEvent start, int depth)
    {
        var entries = new List<MapEntry>();
        var firsts = new Dictionary<string, Location>();
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            var keyNode = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (keyNode is not ScalarNode key)
                _diagnostics.Add(new(keyNode.At, DiagnosticCode.WrongType, $"found {keyNode.Found} as a key, expected a name"));
            else if (firsts.TryGetValue(key.Text, out var first))
                _diagnostics.Add(new(key.At, DiagnosticCode.DuplicateKey, $"found key {ScalarNode.Quote(key.Text)} a second time, expected it once; the first is at {first}"));
            else
            {
                firsts.Add(key.Text, key.At);
                entries.Add(new(key, value));
            }
        }
        return new(At(_origin, start.Start), entries);
    }

    private ConfigNode Resolve(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var anchored))
            throw new YamlException(alias.Start, alias.End, $"found the alias '*{alias.Value.Value}', expected its anchor '&{alias.Value.Value}' before it");
        Count(anchored.Weight, alias);
        return anchored.Node;
    }

    private void Count(int nodes, ParsingEvent at)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
            throw new YamlException(at.Start, at.End, $"found more than {MaxNodes} values, aliases counted as often as they are used");
    }

    private ScalarNode ToNode(Scalar scalar) => new(At(_origin, scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain);

    private static Location At(Location origin, in Mark mark) =>
        origin.Line == 0 ? origin : origin with { Line = Math.Max(1, (int)mark.Line), Column = Math.Max(1, (int)mark.Column) };
}
