using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Graph;

/// <summary>Who captions in whole runs: a student in place of the teachers, and a teacher that never answers.</summary>
public sealed class CaptionersTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task A_student_gives_the_rows_of_a_run_with_it_as_the_only_teacher_and_takes_over_what_it_had_said_as_a_teacher()
    {
        var student = _runs.Config with { Captioning = CaptionSource.Student, Caption = _runs.Config.Caption with { Teachers = ["gone"], Student = "second" } };
        var (report, work, _) = await _runs.RunAsync("student", student);
        Assert.Empty(report.Mismatches());
        Assert.Equal(["second"], work.Captions.Keys);
        Assert.Equal(report.Clips.In, work.Scored);
        await _runs.RunAsync("alone", _runs.Config with { Caption = _runs.Config.Caption with { Teachers = ["second"] } });
        Assert.Equal(_runs.Shards("alone"), _runs.Shards("student"));

        await _runs.RunAsync("changed");
        var (changed, again, notes) = await _runs.RunAsync("changed", student);
        Assert.Contains("every clip is scored again", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal((0L, (long)changed.Clips.In), (again.Captions["second"], again.Scored));
        Assert.Equal(_runs.Shards("student"), _runs.Shards("changed"));
    }

    [Fact]
    public async Task A_teacher_that_never_answers_is_asked_no_more_after_so_many_clips_and_every_other_candidate_is_as_without_it()
    {
        const int Most = 5;
        MakeSilent("second");
        var config = _runs.Config with { Caption = _runs.Config.Caption with { GiveUpAfter = Most, Batch = new() { Largest = 1 } } };
        var givenUp = new HashSet<string>();
        var (report, _, _) = await _runs.RunAsync("silent", config, stopWhen: run =>
        {
            givenUp.UnionWith(run.GivenUp);
            return false;
        });
        Assert.Equal(["second"], givenUp);

        Assert.Empty(report.Mismatches());
        var counts = report.Teachers["second"];
        Assert.Equal((report.Clips.In, 0, report.Clips.In), (counts.Candidates, counts.Chosen, counts.Errors));
        // Those that were on their way when the last was heard.
        Assert.InRange(counts.NotAsked, counts.Candidates - Most - Stream.Graph.Capacities.For(1, 1).ClipsPerTeacher, counts.Candidates - Most);
        Assert.Equal(0, report.Teachers["teacher"].NotAsked);
        var candidates = Candidates("silent", 1);
        Assert.Equal(counts.NotAsked, candidates.Count(candidate => candidate.WasNotAsked));
        Assert.Equal($"second was not asked: found no answer to any of {Most} clips before (caption.give_up_after)", candidates.First(candidate => candidate.WasNotAsked).Error);
        Assert.Contains(candidates, candidate => candidate.Error is not null && !candidate.WasNotAsked);

        var said = Candidates("silent", 0);
        var (code, output, _) = await PandaProcess.RunAsync("retry", _runs.PathOf("silent"));
        Assert.Equal(1, code);
        Assert.Matches($@"given up second: not asked about \d+ of {counts.Candidates} clips, since it had answered none before \(caption\.give_up_after\); its first error: \S", output);
        Assert.DoesNotContain("first error: second was not asked", output);
        // The next start asks again, and with patience without end about all; what the other teacher said stays as it is.
        var (patient, work, _) = await _runs.RunAsync("silent", config with { Caption = config.Caption with { GiveUpAfter = null } }, retry: true);
        Assert.Equal((0, patient.Clips.In), (patient.Teachers["second"].NotAsked, patient.Teachers["second"].Errors));
        Assert.Equal((0L, (long)patient.Clips.In), (work.Captions["teacher"], work.Captions["second"]));
        Assert.Equal(said, Candidates("silent", 0));
    }

    [Fact]
    public void One_answer_is_enough_to_be_asked_for_ever()
    {
        var patience = new TeacherPatience("a", 3);
        var (good, bad) = (new Candidate("a", "words", null, null), new Candidate("a", "", null, "broken"));
        patience.Heard(bad);
        patience.Heard(bad);
        Assert.Null(patience.NotAsked);
        patience.Heard(good);
        for (var i = 0; i < 10; i++)
            patience.Heard(bad);
        Assert.Null(patience.NotAsked);

        var never = new TeacherPatience("b", 2);
        never.Heard(bad);
        never.Heard(bad);
        Assert.True(never.NotAsked!.WasNotAsked);
        never.Heard(good); // one that was on its way
        Assert.Null(never.NotAsked);
    }

    private List<Candidate> Candidates(string output, int teacher)
    {
        using var reader = ShardReader.Open(_runs.PathOf(output));
        return [.. reader.Clips().Select(clip => clip.Candidates[teacher] with { Score = null })];
    }

    private void MakeSilent(string teacher)
    {
        var sick = Path.GetDirectoryName(SickModels.HungryTeacher(most: 0).CardPath)!;
        var folder = Path.Combine(_runs.Models, teacher);
        foreach (var file in Directory.EnumerateFiles(sick))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        var card = Path.Combine(folder, "card.yaml");
        File.WriteAllText(card, File.ReadAllText(card).Replace("name: tiny-teacher", $"name: {teacher}", StringComparison.Ordinal));
    }
}
