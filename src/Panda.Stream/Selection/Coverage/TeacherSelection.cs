namespace Panda.Stream.Selection.Coverage;

/// <summary>A teacher that was chosen.</summary>
/// <param name="Own">Clips that it covers by itself.</param>
/// <param name="Added">Of these, those that none of the teachers chosen before covers.</param>
/// <param name="Together">Clips that the teachers chosen so far cover, it among them.</param>
public sealed record ChosenTeacher(string Name, int Own, int Added, int Together);

/// <summary>Which of many teachers to keep, by the clips for which each gives a good caption: appendix B.3 of the Panda-70M paper.</summary>
public static class TeacherSelection
{
    /// <summary>Greedily: each step takes the teacher that covers most clips which none of the chosen covers; of equals the one that covers more by itself, then the first by name.</summary>
    /// <param name="covered">The clips that each teacher covers.</param>
    /// <param name="keep">How many to choose, as far as there are so many that cover a clip.</param>
    /// <returns>In the order in which they were chosen.</returns>
    public static IReadOnlyList<ChosenTeacher> Choose(IReadOnlyDictionary<string, IReadOnlySet<string>> covered, int keep)
    {
        ArgumentNullException.ThrowIfNull(covered);
        var left = covered.Where(teacher => teacher.Value.Count > 0).OrderByDescending(teacher => teacher.Value.Count).ThenBy(teacher => teacher.Key, StringComparer.Ordinal).ToList();
        var chosen = new List<ChosenTeacher>();
        var together = new HashSet<string>(StringComparer.Ordinal);
        while (chosen.Count < keep && left.Count > 0)
        {
            var (name, own) = left.MaxBy(teacher => Added(teacher.Value));
            var added = Added(own);
            together.UnionWith(own);
            chosen.Add(new(name, own.Count, added, together.Count));
            left.RemoveAll(teacher => teacher.Key == name);
        }
        return chosen;

        int Added(IReadOnlySet<string> clips) => clips.Count(clip => !together.Contains(clip));
    }
}
