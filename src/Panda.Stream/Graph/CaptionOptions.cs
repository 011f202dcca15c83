using Panda.Stream.Captioning;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Shards;

namespace Panda.Stream.Graph;

/// <summary>What the shared part of the graph needs.</summary>
/// <param name="Models">The teachers and the matcher.</param>
/// <param name="LargestBatch">Clips in a teacher's batch at most.</param>
/// <param name="LongestWait">How long the first clip of a batch waits for company.</param>
/// <param name="MinScore">Clips whose best candidate scores less are filtered out; null keeps all.</param>
/// <param name="Filters">What else is done to captions that were chosen.</param>
/// <param name="Capacities">How many items each stage holds.</param>
public sealed record CaptionOptions(CaptionModels Models, int LargestBatch, TimeSpan LongestWait, double? MinScore, CaptionFilters Filters, Capacities Capacities)
{
    /// <summary>How long models may work on one clip; null for ever.</summary>
    public TimeSpan? ClipTime { get; init; }

    /// <summary>Clips on which a teacher may fail without one answer before it is asked no more; null for any number.</summary>
    public int? GiveUpAfter { get; init; }

    /// <summary>How the run was called; null where no command did.</summary>
    public Reproduction? Reproduction { get; init; }

    /// <summary>Around the writing of each row: nothing but the writing itself, unless a test holds it up.</summary>
    internal Action<Action> Write { get; init; } = write => write();
}

/// <summary>What is asked of the models of a run for its clips.</summary>
/// <param name="Teachers">In the order of the configuration, which is that of candidates in a row.</param>
/// <param name="Score">The candidates of a clip with their scores, in order.</param>
/// <param name="Identities">What rows say of them.</param>
public sealed record CaptionModels(
    IReadOnlyList<CaptionTeacher> Teachers, Func<CaptionRequest, IReadOnlyList<Candidate>, IReadOnlyList<Candidate>> Score, ModelIdentities Identities)
{
    /// <summary>Clips that are scored at once.</summary>
    public int ScoredAtOnce { get; init; } = 1;

    /// <summary>Cancelled when they can answer no more: rows that come after it are not to be kept.</summary>
    public CancellationToken Lost { get; init; }

    public static CaptionModels Of(ModelSet models)
    {
        ArgumentNullException.ThrowIfNull(models);
        return new(
            [.. models.TeacherReplicas.Select(teacher => new CaptionTeacher(
                teacher.First.Name, requests => teacher.Run(requests.Count, replica => replica.Caption(requests)), teacher.Count))],
            (clip, candidates) => models.MatcherReplicas.Run(1, replica => replica.Score(clip, candidates)), models.Identities)
        {
            ScoredAtOnce = models.MatcherReplicas.Count,
            Lost = models.Devices.Lost,
        };
    }
}

/// <summary>A teacher as the graph sees it.</summary>
/// <param name="Name">Its name in candidates.</param>
/// <param name="Caption">One candidate a request, in order.</param>
/// <param name="AtOnce">Batches that it captions at once.</param>
public sealed record CaptionTeacher(string Name, Func<IReadOnlyList<CaptionRequest>, IReadOnlyList<Candidate>> Caption, int AtOnce = 1);
