using System.Text;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Config;

/// <summary>Whatever a file holds, loading it ends in a value or in diagnostics, never in an exception.</summary>
public class RobustnessTests
{
    private static readonly byte[] Reference = File.ReadAllBytes(Repository.File("pipeline.yaml"));

    private static Bound<PipelineConfig> Bind(ReadOnlySpan<byte> bytes)
    {
        var bound = YamlBinder.Parse<PipelineConfig>("x", bytes);
        Assert.True(bound.Value is null != (bound.Diagnostics.Count == 0));
        Assert.All(bound.Diagnostics, diagnostic => Assert.True(diagnostic.At is { Line: >= 1, Column: >= 1 } || diagnostic.Code == DiagnosticCode.UnreadableFile));
        return bound;
    }

    [Fact]
    public void Random_bytes()
    {
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.NotEmpty(Bind(bytes).Diagnostics);
        }
    }

    [Fact]
    public void Random_marks_of_YAML()
    {
        const string marks = "abc01 :-?[]{},#&*!|>'\"%@`~.<=\n\n\n\t  \u00e9\ufeff\0";
        var random = new Random(2);
        for (var i = 0; i < 5000; i++)
            Bind(Encoding.UTF8.GetBytes(new string(random.GetItems<char>(marks, random.Next(60)))));
    }

    [Fact]
    public void The_reference_with_bytes_changed_cut_and_doubled()
    {
        var random = new Random(3);
        var sound = 0;
        for (var i = 0; i < 1000; i++)
        {
            var bytes = Reference.ToArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var start = random.Next(4) == 0 ? random.Next(bytes.Length) : 0;
            var end = random.Next(4) == 0 ? random.Next(start, bytes.Length) : bytes.Length;
            if (Bind(bytes.AsSpan(start..end)).Value is not null)
                sound++;
        }
        Assert.InRange(sound, 1, 900);
    }
}
