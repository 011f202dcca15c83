using Panda.Stream.Selection.Filters;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Selection.Filters;

public sealed class WordListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("A man stabs another.", "stab+")]
    [InlineData("Stabbed! twice", "stab+")]
    [InlineData("They were stabbing.", "stab+")]
    [InlineData("a stable door", null)]
    [InlineData("an institute for tab stops", null)]
    [InlineData("He holds a knife.", "knife")]
    [InlineData("two knives, or knifed", null)]
    [InlineData("a KNIFE", "knife")]
    [InlineData("the knife's edge", "knife")]
    [InlineData("a pen-knife", "knife")]
    [InlineData("He uses H", "H")]
    [InlineData("he uses h", null)]
    [InlineData("a drug dealer", "drug dealer+")]
    [InlineData("two Drug  Dealers talk", "drug dealer+")]
    [InlineData("a drug for a dealer", null)]
    [InlineData("he carries on", "carry+")]
    [InlineData("carrying, carried", "carry+")]
    [InlineData("tortured", "torture+")]
    [InlineData("torturing", "torture+")]
    [InlineData("lynches", "lynch+")]
    [InlineData("", null)]
    public void Words_are_found_as_the_list_says(string caption, string? entry)
    {
        var list = WordList.Load([_folder.Write("list.txt", "# remark\nstab+  # with endings\nknife\nH\ndrug dealer+\n\ncarry+\ntorture+\nlynch+\n")]);
        Assert.Equal(entry, list.Find(caption));
    }

    [Fact]
    public void Lists_are_added_up()
    {
        var list = WordList.Load([_folder.Write("a.txt", "one"), _folder.Write("b.txt", "two")]);
        Assert.Equal(("one", "two"), (list.Find("x one"), list.Find("x two")));
        Assert.Null(WordList.Load([]).Find("one"));
    }

    [Theory]
    [InlineData("fine\n+\n", "list.txt(2): found '+', expected a word or phrase")]
    [InlineData("a*b", "list.txt(1): found 'a*b'")]
    [InlineData("st+ab", "list.txt(1): found 'st+ab'")]
    public void A_line_that_is_no_word_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ListFileException>(() => WordList.Load([_folder.Write("list.txt", text)])).Message);

    [Fact]
    public void The_list_of_the_repository_leaves_plain_captions_alone()
    {
        var list = WordList.Load([Repository.File("lists/harmful_words.txt")]);
        foreach (var plain in new[] { "A man shoots a basketball.", "A photo shoot on a beach.", "A woman cuts vegetables.", "A skilled painter", "A grape", "A bare tree" })
            Assert.Null(list.Find(plain));
        foreach (var harmful in new[] { "A man is being killed in a fight.", "People are smoking marijuana.", "A Nazi flag", "a dead body on the floor" })
            Assert.NotNull(list.Find(harmful));
    }
}
