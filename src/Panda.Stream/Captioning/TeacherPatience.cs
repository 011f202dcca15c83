namespace Panda.Stream.Captioning;

/// <summary>Tells when a teacher that never answers is to be asked no more. Safe for use by several threads at once.</summary>
/// <param name="teacher">Its name.</param>
/// <param name="most">Clips on which it may fail without one answer; null for any number.</param>
internal sealed class TeacherPatience(string teacher, int? most)
{
    private int _failures;
    private volatile bool _answered;

    /// <summary>What stands for its answer where it is asked no more; null while it is asked.</summary>
    internal Candidate? NotAsked => most is { } clips && !_answered && Volatile.Read(ref _failures) >= clips ? Candidate.NotAsked(teacher, clips) : null;

    /// <summary>It was asked, and this came of it.</summary>
    internal void Heard(Candidate candidate)
    {
        if (candidate.Error is null)
            _answered = true;
        else
            Interlocked.Increment(ref _failures);
    }
}
