namespace Panda.Stream.Selection.Filters;

/// <summary>A caption as one looks at it for names: its words, how they are written, and what stands around them.</summary>
internal sealed class NameContext
{
    /// <summary>Go with the name, and whatever capitalised word follows them is one.</summary>
    private static readonly HashSet<string> Honorifics = Words("Mr Mrs Ms Miss Mister Dr Prof Sir Madam Mme Monsieur Herr Frau");

    /// <summary>Stay, and whatever capitalised word follows them is a name.</summary>
    private static readonly HashSet<string> Ranks = Words("Senator Governor Mayor Chancellor Judge Colonel Sergeant Lieutenant Officer Detective Pastor Reverend Professor Doctor");

    /// <summary>Stay, and make a doubtful name one.</summary>
    private static readonly HashSet<string> Roles = Words("""
        President Minister Justice Captain General Coach Chef Father Sister Brother Uncle Aunt Pope Bishop King Queen Prince Princess Duke Duchess Lord Lady
        actor actress singer rapper player star host comedian director author artist musician boxer wrestler golfer
        """);

    private static readonly HashSet<string> Particles = Words("de da di du del della der den des dos van von la le el al bin ibn ten ter");

    /// <summary>Behind a name they make it a place, an event or a firm.</summary>
    private static readonly HashSet<string> PlaceWords = Words("""
        Street Avenue Road Boulevard Lane Drive Bridge Square Plaza Park Garden Gardens Airport Station Terminal University College School Academy
        Institute Monument Memorial Stadium Arena Museum Gallery Library Church Cathedral Temple Chapel Basilica Hospital Clinic County City Town
        Village River Lake Creek Canyon Mountain Mountains Mount Hill Hills Island Islands Beach Bay Falls Valley Desert Forest Coast Sea Canal Harbor
        Harbour Hotel Resort Casino Center Centre Mall Market Tower House Palace Castle Hall Building Theater Theatre Opera Cup Award Awards
        Prize Trophy Open Classic Day Eve Week Show Secret Company Corporation Inc Ltd Motors Airlines Bank Foundation Dam Zoo Circus
        """);

    private static readonly HashSet<string> BeforePlaces = Words("San Santa Santo São Saint St Los Las Fort Port Mount Mt Lake Cape New North South East West Point Camp Universidad");

    /// <summary>Begin with a capital for other reasons.</summary>
    private static readonly HashSet<string> NoSurnames = Words("""
        I The A An And Or In On At With Of For Is Are Was He She It They His Her Their This That There Who Monday Tuesday Wednesday Thursday Friday
        Saturday Sunday January February March April May June July August September October November December Christmas Easter Halloween
        America American Americans British English French German Spanish Italian Chinese Japanese Russian Indian African Asian European Mexican
        Canadian Universe World Olympic Olympics Pepper TV USA US UK NBA NFL YouTube Instagram Facebook Twitter Google
        """);

    /// <summary>Bear names that are names of persons, when they stand before "named".</summary>
    private static readonly HashSet<string> People = Words("""
        man men woman women boy boys girl girls person people guy guys lady ladies gentleman child children kid kids baby someone somebody teenager
        adult couple brother sister son daughter mother father friend wife husband uncle aunt actor actress singer rapper player host comedian director
        author artist musician boxer wrestler golfer athlete dancer chef doctor nurse teacher student soldier officer reporter presenter politician youtuber
        """);

    private static readonly HashSet<string> Animals = Words("dog dogs puppy cat cats kitten horse pony bird parrot fish turtle rabbit hamster pig cow goat sheep lion tiger bear elephant monkey gorilla dolphin whale robot");

    private const int NounReach = 6;

    private readonly string _caption;
    private readonly CaptionWord[] _words;

    internal NameContext(string caption)
    {
        (_caption, _words) = (caption, CaptionWord.In(caption));
        HasNoCapitals = !caption.Any(char.IsUpper);
        var letters = _words.Count(word => char.IsLetter(word.Text[0]));
        IsTitleCase = letters >= 4 && _words.Count(word => word.IsCapitalised) > 0.7 * letters;
    }

    internal int Count => _words.Length;

    /// <summary>Written in small letters alone, as some captioning models do.</summary>
    internal bool HasNoCapitals { get; }

    /// <summary>Written Like A Headline: capitals tell little.</summary>
    internal bool IsTitleCase { get; }

    internal string this[int word] => _words[word].Text;

    internal int EndOf(int word) => _words[word].End;

    internal bool IsCapitalised(int word) => _words[word].IsCapitalised;

    internal bool IsInitial(int word) => _words[word] is { Text.Length: 1, IsCapitalised: true } && _words[word].Text is not ("I" or "A");

    internal bool LooksLikeSurname(int word) =>
        IsCapitalised(word) && this[word].Length > 1 && !IsTitleCase && !IsNoSurname(this[word]) && !IsPlaceWord(this[word]);

    internal bool IsParticle(int word) => Particles.Contains(_words[word].Text) && word + 1 < Count && IsCapitalised(word + 1);

    /// <summary>Whether a word goes on where the one before it ended: blanks, a hyphen or an initial's full stop lie between.</summary>
    internal bool Continues(int word)
    {
        if (word <= 0 || word >= Count)
            return false;
        var between = _caption[EndOf(word - 1).._words[word].Start];
        return between is " " or "-" || (between is "." or ". " && (IsInitial(word - 1) || Honorifics.Contains(this[word - 1]) || BeforePlaces.Contains(this[word - 1])));
    }

    internal bool BeginsSentence(int word) => word == 0 || (!Continues(word) && _caption[EndOf(word - 1).._words[word].Start].AsSpan().ContainsAny(".!?:\""));

    internal bool FollowsHonorific(int word) => Continues(word) && Honorifics.Contains(this[word - 1]) && IsCapitalised(word - 1);

    internal bool FollowsRank(int word) => Continues(word) && Ranks.Contains(this[word - 1]);

    internal bool FollowsRole(int word) => Continues(word) && Roles.Contains(this[word - 1]);

    /// <summary>Whether "a man named" or the like stands before it.</summary>
    internal bool FollowsNamed(int word) => Continues(word) && this[word - 1] is "named" or "called" && IsNamedPerson(word);

    /// <summary>Whether the nearest noun before "named" that is known is a person's, not an animal's.</summary>
    private bool IsNamedPerson(int word)
    {
        for (var noun = word - 2; noun >= 0 && noun >= word - 1 - NounReach; noun--)
        {
            if (Animals.Contains(this[noun]))
                return false;
            if (People.Contains(this[noun].ToLowerInvariant()))
                return true;
        }
        return false;
    }

    /// <summary>Whether the words from first to last name a place, an event or a firm.</summary>
    internal bool IsOfSomethingElse(int first, int last)
    {
        // A possessive may come before the thing: Valentine's Day.
        var next = last + 1 < Count && _caption[EndOf(last).._words[last + 1].Start] is " " or "-" or "'s " or "’s " ? last + 1 : -1;
        return (next > 0 && IsPlaceWord(this[next])) || (Continues(first) && BeforePlaces.Contains(this[first - 1]) && IsCapitalised(first - 1));
    }

    /// <summary>Where the text of a name begins: at its honorific when there is one.</summary>
    internal int StartWithTitle(int word) => _words[FollowsHonorific(word) ? word - 1 : word].Start;

    internal static bool IsPlaceWord(string word) => char.IsUpper(word[0]) && PlaceWords.Contains(word);

    internal static bool IsNoSurname(string word) => NoSurnames.Contains(word);

    private static HashSet<string> Words(string words) => [.. words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
}
