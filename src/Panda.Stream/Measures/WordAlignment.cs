namespace Panda.Stream.Measures;

/// <summary>
/// Which word of a candidate stands for which word of a reference, made module by module: each adds as many pairs of equal words as
/// there can be to those there are, of all ways to choose them one with the fewest crossings, and of these one with the fewest chunks.
/// </summary>
internal sealed class WordAlignment(int candidateWords, int referenceWords)
{
    // Captions repeat few words, so that nearly all searches end in some tens of steps; of hopeless ones the best found so far counts.
    private const int MostSteps = 100_000;
    private const int None = -1;

    private int[] _partner = [.. Enumerable.Repeat(None, candidateWords)];

    /// <summary>Pairs so far.</summary>
    internal int Matches => _partner.Count(partner => partner != None);

    /// <summary>Runs of pairs that lie side by side in both.</summary>
    internal int Chunks => Enumerable.Range(0, candidateWords).Count(word => BeginsChunk(_partner, word));

    /// <summary>Pairs words that no earlier module did.</summary>
    /// <param name="candidate">The candidate's words as this module sees them: the words, or their stems.</param>
    /// <param name="reference">The reference's.</param>
    internal void Add(IReadOnlyList<string> candidate, IReadOnlyList<string> reference)
    {
        var free = Enumerable.Range(0, referenceWords).Except(_partner).ToArray();
        var choices = Enumerable.Range(0, candidateWords)
            .Select(word => _partner[word] != None ? [] : free.Where(other => reference[other] == candidate[word]).ToArray()).ToArray();
        // As many of a word's occurrences as the reference is short of stay without a partner.
        var spare = Enumerable.Range(0, candidateWords).Where(word => choices[word].Length > 0)
            .GroupBy(word => candidate[word]).ToDictionary(same => same.Key, same => Math.Max(0, same.Count() - choices[same.First()].Length));
        _partner = new Search(_partner, choices, candidate, spare).Best;
    }

    private static bool BeginsChunk(int[] partner, int word) =>
        partner[word] != None && (word == 0 || partner[word - 1] == None || partner[word] != partner[word - 1] + 1);

    /// <summary>Goes through the candidate's words in order and tries every partner of each, leaving off where it cannot get better.</summary>
    private sealed class Search
    {
        private readonly int[] _partner;
        private readonly int[][] _choices;
        private readonly IReadOnlyList<string> _words;
        private readonly Dictionary<string, int> _spare;
        private (int Crossings, int Chunks) _best = (int.MaxValue, int.MaxValue);
        private int _steps;

        internal Search(int[] partner, int[][] choices, IReadOnlyList<string> words, Dictionary<string, int> spare)
        {
            (_partner, _choices, _words, _spare) = ([.. partner], choices, words, spare);
            Best = partner;
            Continue(0, 0, 0);
        }

        internal int[] Best { get; private set; }

        private void Continue(int word, int crossings, int chunks)
        {
            if ((crossings, chunks).CompareTo(_best) >= 0 || (++_steps > MostSteps && _best.Crossings != int.MaxValue))
                return;
            if (word == _partner.Length)
            {
                (_best, Best) = ((crossings, chunks), [.. _partner]);
                return;
            }
            if (_choices[word].Length == 0)
            {
                Pair(word, _partner[word], crossings, chunks);
                return;
            }
            var follows = word > 0 && _partner[word - 1] != None ? _partner[word - 1] + 1 : None;
            // The partner that goes on with the chunk first; of one word's occurrences the order never pays to be crossed.
            foreach (var other in _choices[word].OrderBy(other => other != follows))
            {
                if (!TakenFrom(word, other))
                    Pair(word, other, crossings, chunks);
            }
            if (_spare[_words[word]] > 0)
            {
                _spare[_words[word]]--;
                Pair(word, None, crossings, chunks);
                _spare[_words[word]]++;
            }
        }

        private void Pair(int word, int other, int crossings, int chunks)
        {
            var before = _partner[word];
            _partner[word] = other;
            if (other != None)
            {
                for (var earlier = 0; earlier < word; earlier++)
                    crossings += _partner[earlier] > other ? 1 : 0;
                chunks += BeginsChunk(_partner, word) ? 1 : 0;
            }
            Continue(word + 1, crossings, chunks);
            _partner[word] = before;
        }

        /// <summary>Whether an earlier occurrence of the same word has this partner or a later one.</summary>
        private bool TakenFrom(int word, int other)
        {
            for (var earlier = 0; earlier < word; earlier++)
                if (_choices[earlier].Length > 0 && _partner[earlier] >= other && _words[earlier] == _words[word])
                    return true;
            return false;
        }
    }
}
