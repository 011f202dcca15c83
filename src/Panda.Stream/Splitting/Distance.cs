namespace Panda.Stream.Splitting;

/// <summary>The L2 distance between embeddings, summed in double.</summary>
public static class Distance
{
    public static double Between(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"embeddings: found {a.Length} and {b.Length} numbers, expected as many in both");
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = (double)a[i] - b[i];
            sum += difference * difference;
        }
        return Math.Sqrt(sum);
    }
}
