using System.Runtime.CompilerServices;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Shards;

/// <summary>Alone on the machine's memory while it measures.</summary>
[CollectionDefinition(nameof(ShardMemoryTests), DisableParallelization = true)]
[Collection(nameof(ShardMemoryTests))]
public class ShardMemoryTests
{
    private const int Rows = 200_000, RowsPerShard = 5_000, WarmUp = 40_000;

    [Fact]
    public void However_many_rows_are_written_only_the_current_shard_is_held()
    {
        using var folder = new TemporaryFolder();
        using var output = OutputFolder.Claim(folder.Path);
        var writer = new ShardWriter(output, SomeRows.Metadata, RowsPerShard);
        Add(writer, 0, WarmUp);
        var before = ResidentBytes();

        var early = Add(writer, WarmUp, WarmUp + 1);
        Add(writer, WarmUp + 1, Rows + RowsPerShard / 2);

        var grown = ResidentBytes() - before;
        Assert.False(early.TryGetTarget(out _));
        // Held whole, these rows would take over 200 MB.
        Assert.True(grown < 64 << 20, $"resident memory grew by {grown >> 20} MiB");
        Assert.Equal(Rows + RowsPerShard / 2, writer.Complete().Clips);
    }

    // Not inlined, so that no local of the test keeps a row alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<ClipRow> Add(ShardWriter writer, int from, int to)
    {
        var like = SomeRows.Clip(1);
        var last = new WeakReference<ClipRow>(like);
        for (var i = from; i < to; i++)
        {
            var row = like with
            {
                ClipId = $"clip-{i}",
                StartFrame = i,
                Candidates = [new("teacher-0", new string((char)('a' + i % 26), 200), i, null), new("teacher-1", new string('b', 200), i, null)],
            };
            last.SetTarget(row);
            writer.Add(row);
        }
        return last;
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Environment.WorkingSet;
    }
}
