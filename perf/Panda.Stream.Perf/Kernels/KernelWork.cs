namespace Panda.Stream.Perf.Kernels;

/// <summary>What kernels of one source do for a run, at one size: on a card, and by their twin in C#, which must give the same.</summary>
internal abstract class KernelWork
{
    /// <summary>The kernels that are launched for it, one after the other.</summary>
    public abstract string Kernel { get; }

    public abstract string Size { get; }

    /// <summary>That must be read and written, by the formula in the source's head.</summary>
    public abstract long Bytes { get; }

    /// <summary>Does it by the twin, which is production code.</summary>
    public abstract void Run();

    /// <summary>Puts what the kernels read on a card, and makes room for what they write.</summary>
    public abstract void Put(Card card);

    /// <summary>Queues the kernels.</summary>
    public abstract void Queue(Card card);

    /// <summary>Holds what the kernels wrote against what the twin gives.</summary>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public abstract void Check(Card card);

    protected void Require(bool same, string what)
    {
        if (!same)
            throw new InvalidDataException($"{Kernel}, {Size}: the card gave other {what} than the twin");
    }

    protected static float[] Numbers(Random random, int count, double least, double most) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(least + (most - least) * random.NextDouble()))];
}
