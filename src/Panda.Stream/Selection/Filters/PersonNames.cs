using System.Text;
using System.Text.RegularExpressions;

namespace Panda.Stream.Selection.Filters;

/// <summary>
/// Finds the names of persons in a caption by a list of names and by how they are written, and puts "person" in their place.
/// </summary>
/// <remarks>
/// In the list, names stand alone or with a mark. <c>Olivia</c> is a name wherever it is capitalised, and in captions without any
/// capital. <c>Rose^</c> is a word too: a name where it is capitalised within a sentence. <c>Paris?</c> is more often something else: a
/// name only in the company of another (Paris Hilton), of a title, or of "a woman named". From there a name reaches over initials,
/// particles (van, de), further names and one unknown capitalised word, its surname. Names in front of Street, Museum, Day and the like
/// and behind Saint, Mount and the like are of something else. What it cannot do: names that no list has and no title or "named"
/// announces, names in other scripts, characters, animals and brands that bear a person's name.
/// </remarks>
public sealed partial class PersonNames
{
    public const string Replacement = "person";

    private enum Kind { Name, Word, Doubtful }

    private readonly Dictionary<string, Kind> _names;

    private PersonNames(Dictionary<string, Kind> names) => _names = names;

    /// <summary>The lists of several files as one; of a name that stands in two, the later mark counts.</summary>
    /// <exception cref="ListFileException">A file cannot be read, or a word of it is no name.</exception>
    public static PersonNames Load(IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        var names = new Dictionary<string, Kind>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in files)
        {
            foreach (var (number, line) in ListFile.Read(file))
            {
                foreach (var entry in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                {
                    if (Entry().Match(entry) is not { Success: true } match)
                        throw ListFile.Unfit(file, number, entry, "names of letters that begin with a capital, each alone or with ^ or ? behind it");
                    names[match.Groups[1].Value] = match.Groups[2].Value switch { "^" => Kind.Word, "?" => Kind.Doubtful, _ => Kind.Name };
                }
            }
        }
        return new(names);
    }

    /// <summary>The caption with "person" for every name, and how many there were.</summary>
    public (string Caption, int Names) Replace(string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        var names = Find(caption);
        if (names.Count == 0)
            return (caption, 0);
        var text = new StringBuilder();
        var at = 0;
        foreach (var name in names)
        {
            text.Append(caption, at, name.Start.Value - at).Append(Replacement);
            at = name.End.Value;
        }
        return (text.Append(caption, at, caption.Length - at).ToString(), names.Count);
    }

    /// <summary>Where names stand, in order.</summary>
    internal IReadOnlyList<Range> Find(string caption)
    {
        var text = new NameContext(caption);
        var found = new List<Range>();
        for (var word = 0; word < text.Count; word++)
        {
            if (!Begins(text, word))
                continue;
            var end = EndOf(text, word);
            if (!text.IsOfSomethingElse(word, end))
                found.Add(text.StartWithTitle(word)..text.EndOf(end));
            word = end;
        }
        return found;
    }

    private Kind? KindOf(NameContext text, int word) => _names.TryGetValue(text[word], out var kind) ? kind : null;

    private bool Begins(NameContext text, int word)
    {
        var kind = KindOf(text, word);
        if (text.HasNoCapitals)
            return kind == Kind.Name;
        if (!text.IsCapitalised(word))
            return false;
        if (text.FollowsHonorific(word) || text.FollowsRank(word) || text.FollowsNamed(word))
            return !NameContext.IsNoSurname(text[word]);
        if (text.IsInitial(word))
            return FollowedByName(text, word);
        return kind switch
        {
            Kind.Name => true,
            Kind.Word => !text.BeginsSentence(word) || FollowedByName(text, word) || FollowedBySurname(text, word),
            Kind.Doubtful => text.FollowsRole(word) || FollowedByName(text, word),
            _ => false,
        };
    }

    /// <summary>Whether the next word, over initials and particles, is a listed name.</summary>
    private bool FollowedByName(NameContext text, int word)
    {
        var next = word + 1;
        while (text.Continues(next) && (text.IsInitial(next) || text.IsParticle(next)))
            next++;
        // A doubtful name is company for another only where one of the two is no place: New York's Paris Las Vegas has no person in it.
        return text.Continues(next) && text.IsCapitalised(next) && KindOf(text, next) is { } kind && (kind != Kind.Doubtful || KindOf(text, word) is not Kind.Doubtful);
    }

    /// <summary>Whether the next word is one that no list has but that looks like a surname.</summary>
    private static bool FollowedBySurname(NameContext text, int word) => text.Continues(word + 1) && text.LooksLikeSurname(word + 1);

    /// <summary>The last word of the name that begins with a word.</summary>
    private int EndOf(NameContext text, int word)
    {
        var end = word;
        var hasSurname = false;
        for (var next = word + 1; text.Continues(next); next++)
        {
            if (text.HasNoCapitals ? KindOf(text, next) is not null : text.IsInitial(next) || (text.IsCapitalised(next) && KindOf(text, next) is not null))
                end = next;
            else if (text.IsParticle(next))
                continue;
            else if (!hasSurname && text.LooksLikeSurname(next))
                (end, hasSurname) = (next, true);
            else
                break;
        }
        return end;
    }

    [GeneratedRegex(@"^(\p{Lu}[\p{L}\p{M}'’]*)([\^?]?)$")]
    private static partial Regex Entry();
}
