using Panda.Stream.Captioning;
using Panda.Stream.Config;
using Panda.Stream.Graph;
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
        Assert.Equal(counts.NotAsked, candidates.Count(candidate => !candidate.Asked));
        Assert.Equal($"second was not asked: found no answer to any of {Most} clips before (caption.give_up_after)", candidates.First(candidate => !candidate.Asked).Error);
        Assert.Contains(candidates, candidate => candidate.Error is not null && candidate.Asked);

        var said = Candidates("silent", 0);
        var (code, output, _) = await PandaProcess.RunAsync("retry", _runs.PathOf("silent"));
        Assert.Equal(1, code);
        Assert.Matches($@"given up second: not asked about \d+ of {counts.Candidates} clips, since it had answered none before \(caption\.give_up_after\); `panda retry` asks it again; its first error: \S", output);
        Assert.DoesNotContain("first error: second was not asked", output);
        // The next start asks again, and with patience without end about all; what the other teacher said stays as it is.
        var (patient, work, _) = await _runs.RunAsync("silent", config with { Caption = config.Caption with { GiveUpAfter = null } }, retry: true);
        Assert.Equal((0, patient.Clips.In), (patient.Teachers["second"].NotAsked, patient.Teachers["second"].Errors));
        Assert.Equal((0L, (long)patient.Clips.In), (work.Captions["teacher"], work.Captions["second"]));
        Assert.Equal(said, Candidates("silent", 0));
    }

    [Fact]
    public async Task A_retry_asks_again_a_teacher_that_was_given_up_and_one_that_failed_and_gives_the_shards_of_a_fresh_run()
    {
        File.Delete(Path.Combine(_runs.Input, "broken.mp4"));
        File.Delete(Path.Combine(_runs.Input, "short.mkv"));
        var config = _runs.Config with { Caption = _runs.Config.Caption with { GiveUpAfter = 5, Batch = new() { Largest = 1 } } };
        await _runs.RunAsync("fresh", config);
        // The second is away at first, the first stumbles over one video.
        var (ill, _, _) = await _runs.RunAsync("ill", config, captions: models => models with
        {
            Teachers = [Failing(models.Teachers[0], request => request.ClipId.StartsWith("wide@", StringComparison.Ordinal)), Failing(models.Teachers[1], _ => true)],
        });
        var unanswered = ill.Teachers.Values.Sum(teacher => teacher.Errors);
        Assert.True(ill.Videos.Failed + ill.Clips.Failed < unanswered && ill.Teachers["second"].NotAsked > 0 && ill.Teachers["teacher"] is { Errors: > 0, NotAsked: 0 });

        var (_, work, notes) = await _runs.RunAsync("ill", config);
        Assert.Contains($"{Plural.Of(unanswered, "unanswered candidate")}, --overwrite everything", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(0, work.Scored);
        (var well, work, notes) = await _runs.RunAsync("ill", config, retry: true);
        Assert.Contains(Plural.Of(unanswered, "unanswered candidate"), Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal((ill.Teachers["teacher"].Errors, (long)well.Clips.In), (work.Captions["teacher"], work.Captions["second"]));
        Assert.Equal(_runs.Shards("fresh"), _runs.Shards("ill"));

        static CaptionTeacher Failing(CaptionTeacher teacher, Func<CaptionRequest, bool> fails) => teacher with
        {
            Caption = requests => [.. requests.Select(request => fails(request) ? new Candidate(teacher.Name, "", null, "away") : teacher.Caption([request])[0])],
        };
    }

    [Fact]
    public async Task Another_give_up_after_asks_again_about_what_was_not_answered()
    {
        MakeSilent("second");
        await _runs.RunAsync("out", _runs.Config with { Caption = _runs.Config.Caption with { GiveUpAfter = 2 } });
        var (report, _, notes) = await _runs.RunAsync("out", _runs.Config with { Caption = _runs.Config.Caption with { GiveUpAfter = null } });
        Assert.Contains("caption.give_up_after has changed", Assert.Single(notes), StringComparison.Ordinal);
        Assert.Equal(0, report.Teachers["second"].NotAsked);
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
        Assert.False(never.NotAsked!.Asked);
        never.Heard(good); // one that was on its way
        Assert.Null(never.NotAsked);
    }

    private List<Candidate> Candidates(string output, int teacher)
    {
        var reader = ShardReader.Open(_runs.PathOf(output));
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
