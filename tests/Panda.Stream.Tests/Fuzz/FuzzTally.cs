using System.Collections.Concurrent;

namespace Panda.Stream.Tests.Fuzz;

/// <summary>What became of the cases: every case in one outcome, and what must not have happened.</summary>
internal sealed class FuzzTally
{
    private readonly ConcurrentDictionary<(FuzzKind Kind, string Outcome), int> _counts = new();
    private readonly ConcurrentQueue<string> _findings = new();
    private long _peak;

    /// <summary>Crashes, hangs, memory beyond bounds, cases that nobody accounts for.</summary>
    public IReadOnlyCollection<string> Findings => _findings;

    public void Count(FuzzKind kind, string outcome, int cases = 1) => _counts.AddOrUpdate((kind, outcome), cases, (_, before) => before + cases);

    /// <summary>Something that must not happen; the file that did it is kept to be looked at.</summary>
    public void Find(FuzzCase @case, string what)
    {
        Count(@case.Kind, "FINDING");
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "panda-fuzz-findings")).FullName;
        var file = Path.Combine(folder, $"{@case.Kind}-{@case.Number}-{@case.Name}");
        File.WriteAllBytes(file, @case.Mutation.Bytes);
        _findings.Enqueue($"{@case}\n  {what}\n  kept as {file}");
    }

    public void Peak(long bytes)
    {
        for (var before = Volatile.Read(ref _peak); bytes > before; before = Volatile.Read(ref _peak))
            Interlocked.CompareExchange(ref _peak, bytes, before);
    }

    public int Total => _counts.Values.Sum();

    public override string ToString() => string.Join('\n',
        _counts.OrderBy(count => count.Key.Kind).ThenByDescending(count => count.Value).Select(count => $"{count.Key.Kind,-10} {count.Value,6}  {count.Key.Outcome}")
            .Append($"{"all",-10} {Total,6}  largest process {_peak >> 20} MiB").Concat(_findings));
}
