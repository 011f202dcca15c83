using Panda.Stream.Selection.Coverage;

namespace Panda.Stream.Tests.Selection.Coverage;

public class TeacherSelectionTests
{
    private static IReadOnlyList<ChosenTeacher> Choose(int keep, params (string Name, string Clips)[] table) => TeacherSelection.Choose(
        table.ToDictionary(teacher => teacher.Name, teacher => (IReadOnlySet<string>)teacher.Clips.Select(clip => $"{clip}").ToHashSet()), keep);

    [Fact]
    public void Each_step_takes_what_is_new_and_not_what_is_best_alone() => Assert.Equal(
        [new("best", 5, 5, 5), new("other", 2, 2, 7), new("second", 4, 1, 8)],
        Choose(3, ("best", "abcde"), ("second", "abcf"), ("other", "gh"), ("worst", "a")));

    [Fact]
    public void Of_equals_the_one_with_the_better_rate_then_the_first_by_name()
    {
        Assert.Equal(["x", "wide", "b", "c"], Choose(4, ("x", "abcdef"), ("narrow", "g"), ("wide", "abg"), ("c", "h"), ("b", "i")).Select(teacher => teacher.Name));
        Assert.Equal(["B", "a"], Choose(2, ("a", "pq"), ("B", "pq")).Select(teacher => teacher.Name));
    }

    [Fact]
    public void Those_that_add_nothing_come_last_and_those_that_cover_nothing_not_at_all()
    {
        Assert.Equal([new("a", 2, 2, 2), new("b", 1, 0, 2)], Choose(8, ("c", ""), ("b", "x"), ("a", "xy")));
        Assert.Empty(Choose(8));
    }
}
