using Microsoft.ML.OnnxRuntime;
using Panda.Stream.Captioning;
using Panda.Stream.Models;
using Panda.Stream.Models.Calls;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Selection;
using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Models;

public class ModelCallsTests
{
    private static readonly ModelOptions Quick = new() { CallDeadline = TimeSpan.FromMilliseconds(300) };

    [Fact]
    public void A_model_without_memory_for_a_batch_gets_halves_and_later_more_again()
    {
        using var teacher = new Teacher(SickModels.HungryTeacher(most: 3), ModelOptions.Default);
        CaptionRequest[] requests = [.. Enumerable.Range(0, 8).Select(Request)];

        var captions = teacher.Caption(requests);

        Assert.All(captions, candidate => Assert.Null(candidate.Error));
        // 8 and 4 are too many, 2 are not.
        Assert.Equal(new ModelCallCounts(6, 2, 0, 0, 2), teacher.Calls);
        Assert.Equal(captions, requests.SelectMany(request => teacher.Caption([request])));

        for (var round = 0; round < 16; round++)
            teacher.Caption(requests);
        var later = teacher.Calls;
        Assert.True(later.OutOfMemory > 2, "it was never given more again");
        Assert.True(later.OutOfMemory < 8, $"it was given too much {later.OutOfMemory} times in {later.Calls} calls");
        Assert.Equal(0, later.TriedAlone);
    }

    [Fact]
    public void One_item_for_which_there_is_no_memory_gets_the_librarys_words()
    {
        using var embedder = new Embedder(SickModels.HungryEmbedder(most: 0), ModelOptions.Default);
        var answer = Assert.Single(embedder.Calls.Run([TinyModels.Frame(1)]));
        // The session itself says it: no word of this is ours.
        Assert.Contains("allocate memory", Assert.IsType<OnnxRuntimeException>(answer.Error).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((1, 1), (embedder.Calls.Counts.Calls, embedder.Calls.Counts.OutOfMemory)); // a second try could not help
    }

    [Fact]
    public void Teachers_and_matchers_go_the_same_way()
    {
        using var teacher = new Teacher(SickModels.HungryTeacher(most: 2), ModelOptions.Default);
        var captions = teacher.Caption([.. Enumerable.Range(0, 5).Select(Request)]);
        Assert.All(captions, candidate => Assert.Null(candidate.Error));
        Assert.Equal(captions, Enumerable.Range(0, 5).SelectMany(seed => teacher.Caption([Request(seed)])));
        Assert.Equal((1, 2), (teacher.Calls.OutOfMemory, teacher.Calls.LargestBatch));

        using var matcher = new Matcher(SickModels.HungryMatcher(most: 1), ModelOptions.Default);
        var scored = matcher.Score(Request(1), [new("a", "red", null, null), new("b", "a blue cube", null, null), new("c", "green", null, null)]);
        Assert.All(scored, candidate => Assert.NotNull(candidate.Score));
        Assert.Equal(1, matcher.Calls.LargestBatch);
    }

    [Fact]
    public void A_call_past_its_deadline_is_ended_and_costs_the_item_at_fault_alone()
    {
        using var embedder = new Embedder(SickModels.EndlessEmbedder(), Quick);
        KeptFrame[] frames = [TinyModels.Frame(1), TinyModels.Black(1), TinyModels.Frame(2, 2)];

        var answers = embedder.Calls.Run(frames);

        Assert.Equal(8, answers[0].Value.Length);
        Assert.Equal(8, answers[2].Value.Length);
        Assert.IsType<ModelDeadlineException>(answers[1].Error);
        Assert.Matches(@"^tiny-embedder: found no answer after [0-9.]+ s of work, expected one within deadlines\.model_call_s$", answers[1].Error!.Message);
        Assert.Equal(new ModelCallCounts(4, 0, 2, 3, null), embedder.Calls.Counts);
    }

    [Fact]
    public void A_teacher_that_runs_on_costs_its_candidate_for_that_clip()
    {
        using var teacher = new Teacher(SickModels.EndlessTeacher(), Quick);
        var candidates = teacher.Caption([Request(1), Request(2) with { Kept = [TinyModels.Black()] }]);
        Assert.Null(candidates[0].Error);
        Assert.Contains("deadlines.model_call_s", candidates[1].Error);
    }

    [Fact]
    public void A_clip_that_has_had_its_time_is_not_tried_again()
    {
        using var teacher = new Teacher(SickModels.EndlessTeacher(), ModelOptions.Default);
        var time = new WorkTime(TimeSpan.FromMilliseconds(200));
        var black = Request(1) with { Kept = [TinyModels.Black()], Time = time };
        Assert.Contains("deadlines.clip_s", teacher.Caption([black])[0].Error);
        Assert.Contains("found that models had worked", teacher.Caption([black])[0].Error);
        Assert.Equal(1, teacher.Calls.Calls);
        Assert.InRange(time.Spent.TotalSeconds, 0.2, 60);
    }

    [Fact]
    public void An_answer_is_a_value_or_the_reason_why_there_is_none()
    {
        Answer<int> sound = 3, none = new InvalidDataException("why");
        Assert.Equal((3, null), (sound.Value, sound.Error));
        Assert.Equal("why", Assert.Throws<InvalidOperationException>(() => none.Value).Message);
    }

    [Fact]
    public void What_was_ended_once_stays_ended_and_no_other_call_is()
    {
        using var session = OnnxSession.Open(TinyModels.PathOf("embedder", "image.onnx"));
        using var input = OnnxValue.Allocate<float>(1, 3, 16, 16);
        using (var call = OnnxCall.Begin())
        {
            call.Terminate();
            Assert.Throws<OnnxRuntimeException>(() => session.Run([new("pixel_values", input)], "embedding"));
            using (OnnxCall.Begin())
                Assert.Throws<OnnxRuntimeException>(() => session.Run([new("pixel_values", input)], "embedding"));
            call.Dispose();
            call.Terminate();
        }
        session.Run([new("pixel_values", input)], "embedding")[0].Dispose();
    }

    private static CaptionRequest Request(int seed) => new($"clip-{seed}", [TinyModels.Frame(seed)], 0, 1, Subtitles: "red");
}
