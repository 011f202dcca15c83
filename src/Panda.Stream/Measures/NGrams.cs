namespace Panda.Stream.Measures;

/// <summary>How often each run of 1 to 4 words stands in a sentence.</summary>
internal sealed class NGrams
{
    internal const int Longest = 4;

    private readonly Dictionary<string, int>[] _counts = [.. Enumerable.Range(0, Longest).Select(_ => new Dictionary<string, int>(StringComparer.Ordinal))];

    internal NGrams(IReadOnlyList<string> words)
    {
        Words = words.Count;
        for (var n = 1; n <= Longest; n++)
        {
            for (var start = 0; start + n <= words.Count; start++)
            {
                // Words hold no blanks, so that the joined words are as good as the words themselves.
                var gram = string.Join(' ', words.Skip(start).Take(n));
                Of(n)[gram] = Of(n).GetValueOrDefault(gram) + 1;
            }
        }
    }

    internal int Words { get; }

    /// <summary>The runs of <paramref name="n"/> words.</summary>
    internal Dictionary<string, int> Of(int n) => _counts[n - 1];
}
