using System.Text.RegularExpressions;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Selection.Filters;

public sealed partial class PersonNamesTests
{
    private static readonly PersonNames Names = PersonNames.Load([Repository.File("lists/person_names.txt")]);

    /// <summary>A name counts as found when it is found as it stands, neither more nor less of it; the README gives the figures.</summary>
    [Fact]
    public void Precision_and_recall_on_the_made_captions_are_what_the_README_says()
    {
        int right = 0, found = 0, there = 0, captions = 0;
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "filters", "names.txt")).Where(line => !line.StartsWith('#')))
        {
            var (caption, marked) = Unmark(line);
            var spans = Names.Find(caption).Select(span => (span.Start.Value, span.End.Value)).ToArray();
            captions++;
            there += marked.Count;
            found += spans.Length;
            right += spans.Count(marked.Contains);
            if (!spans.SequenceEqual(marked))
                TestContext.Current.SendDiagnosticMessage($"{line}  ->  {Names.Replace(caption).Caption}");
        }
        var figures = $"{captions} made captions with {there} names: precision {(double)right / found:0.00}, recall {(double)right / there:0.00}";
        Assert.True(File.ReadAllText(Repository.File("README.md")).Contains(figures, StringComparison.Ordinal), figures);
    }

    [Theory]
    [InlineData("John Smith's dog barks at Mary.", "person's dog barks at person.", 2)]
    [InlineData("A dog barks.", "A dog barks.", 0)]
    [InlineData("", "", 0)]
    [InlineData("Dr. Emily O'Brien, with J. R. R. Martin", "person, with person", 2)]
    [InlineData("Maria-Luisa dances", "person dances", 1)]
    [InlineData("🎬 John 東京", "🎬 person 東京", 1)]
    [InlineData("St. John Street and John Street", "St. John Street and John Street", 0)]
    [InlineData("A man named Qwxyz Abcde smiles", "A man named person smiles", 1)]
    [InlineData("A cube named Bruno jumps", "A cube named person jumps", 1)]
    [InlineData("Bruno, the cube, jumps", "person, the cube, jumps", 1)]
    [InlineData("a dog called bruno", "a dog called person", 1)]
    [InlineData("A dog named Max, a cat called Luna, a cube named Kiki", "A dog named person, a cat called Luna, a cube named Kiki", 1)]
    public void Names_become_person(string caption, string expected, int names) => Assert.Equal((expected, names), Names.Replace(caption));

    [Fact]
    public void A_user_may_add_names_and_give_others_another_mark()
    {
        using var folder = new TemporaryFolder();
        var mine = folder.Write("mine.txt", "Grogu  Zorblax^ # of my films\nJohn?\n");
        var names = PersonNames.Load([Repository.File("lists/person_names.txt"), mine]);
        Assert.Equal("person meets John and person", names.Replace("Grogu meets John and Zorblax").Caption);
        Assert.Equal(0, PersonNames.Load([]).Replace("John Smith").Names);
    }

    [Theory]
    [InlineData("Anna\nbob\n", "mine.txt(2): found 'bob', expected names of letters that begin with a capital")]
    [InlineData("Anna?^", "mine.txt(1): found 'Anna?^'")]
    public void A_line_that_is_no_name_is_refused(string text, string expected)
    {
        using var folder = new TemporaryFolder();
        var mine = folder.Write("mine.txt", text);
        Assert.Contains(expected, Assert.Throws<ListFileException>(() => PersonNames.Load([mine])).Message);
        Assert.Contains("found no list that can be read", Assert.Throws<ListFileException>(() => PersonNames.Load([folder.File("none.txt")])).Message);
    }

    private static (string Caption, List<(int, int)> Names) Unmark(string line)
    {
        var names = new List<(int, int)>();
        var caption = Marked().Replace(line, match =>
        {
            var start = match.Index - 2 * names.Count;
            names.Add((start, start + match.Groups[1].Length));
            return match.Groups[1].Value;
        });
        return (caption, names);
    }

    [GeneratedRegex(@"\[(.+?)\]")]
    private static partial Regex Marked();
}
