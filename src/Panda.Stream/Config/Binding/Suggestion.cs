namespace Panda.Stream.Config.Binding;

/// <summary>Which of the allowed names was probably meant.</summary>
public static class Suggestion
{
    /// <summary>The tail of a message about an unknown name: the near miss when there is one, else every name allowed.</summary>
    public static string Tail(string typed, IReadOnlyCollection<string> allowed) =>
        Nearest(typed, allowed) is { } near ? $"; did you mean '{near}'?"
        : allowed.Count == 0 ? ", expected none"
        : $", expected one of {string.Join(", ", allowed)}";

    /// <summary>The allowed name nearest to what was typed, or null when none is near.</summary>
    public static string? Nearest(string typed, IEnumerable<string> allowed)
    {
        if (typed.Length is 0 or > 100)
            return null;
        // One slip in three letters is a slip; more is another word.
        var limit = Math.Max(1, typed.Length / 3);
        return allowed.Select(name => (name, slips: Slips(typed.ToLowerInvariant(), name.ToLowerInvariant())))
            .Where(candidate => candidate.slips <= limit)
            .OrderBy(candidate => candidate.slips)
            .Select(candidate => candidate.name)
            .FirstOrDefault();
    }

    /// <summary>
    /// Edits between two names (insert, delete, replace, swap of neighbours). A part of a name counts as one edit, and a name broken
    /// off as one more than the part that was typed, so that 'umt' finds 'mini-umt' and 'blipp-2' finds 'blip-2-opt2.7b'.
    /// </summary>
    private static int Slips(string typed, string name)
    {
        var distance = new int[typed.Length + 1, name.Length + 1];
        for (var i = 0; i <= typed.Length; i++)
            distance[i, 0] = i;
        for (var j = 0; j <= name.Length; j++)
            distance[0, j] = j;
        for (var i = 1; i <= typed.Length; i++)
        {
            for (var j = 1; j <= name.Length; j++)
            {
                var replaced = distance[i - 1, j - 1] + (typed[i - 1] == name[j - 1] ? 0 : 1);
                var best = Math.Min(replaced, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && typed[i - 1] == name[j - 2] && typed[i - 2] == name[j - 1])
                    best = Math.Min(best, distance[i - 2, j - 2] + 1);
                distance[i, j] = best;
            }
        }
        var slips = distance[typed.Length, name.Length];
        if (typed.Length >= 3 && name.Contains(typed, StringComparison.Ordinal))
            slips = Math.Min(slips, 1);
        for (var j = 4; j < name.Length; j++)
            slips = Math.Min(slips, distance[typed.Length, j] + 1);
        return slips;
    }
}
