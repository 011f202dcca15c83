using System.Diagnostics;
using System.Globalization;
using Panda.Stream.Splitting;

namespace Panda.Stream.Tests.Splitting;

public class ScratchTests(ITestOutputHelper output)
{
    [Fact]
    public void All()
    {
        var dir = "/work/shared/videos";
        var bad = 0;
        foreach (var file in Directory.GetFiles(dir).Order())
        {
            var name = Path.GetFileName(file);
            if (name.Contains("361.")) continue;
            foreach (var (version, rule, filter) in new[] { ("0.6.2", Downscale.Width256, CutFilter.Suppress), ("0.7.1", Downscale.Longest256, CutFilter.Merge) })
            {
                var lines = File.ReadAllLines($"{dir}/expected/{name}.{version}.csv").Skip(1).Select(l => l.Split(',')).ToArray();
                var probe = Run("ffprobe", $"-v error -select_streams v:0 -show_entries stream=width,height,pix_fmt -of csv=p=0 {file}").StandardOutput.ReadToEnd().Trim().Split('\n')[^1].Trim().Split(',');
                int w = int.Parse(probe[0]), h = int.Parse(probe[1]); var full = probe[2] == "yuvj420p";
                using var p = Run("ffmpeg", $"-v error -threads 1 -noautorotate -i {file} -map 0:v:0 -fps_mode passthrough -f rawvideo -pix_fmt {probe[2]} -");
                var cw = (w + 1) / 2; var ch = (h + 1) / 2;
                var buf = new byte[w * h + 2 * cw * ch];
                var scorer = new ContentScorer(rule); var det = new ShotDetector(25, 15, filter);
                var turns = name.Contains("rotate") ? 1 : 0;
                int n = 0, wrong = 0; List<int> cuts = [];
                var sw = new Stopwatch();
                while (p.StandardOutput.BaseStream.ReadAtLeast(buf, buf.Length, false) == buf.Length)
                {
                    var pic = new Yuv420Picture(buf.AsSpan(0, w * h), buf.AsSpan(w * h, cw * ch), buf.AsSpan(w * h + cw * ch), w, cw, w, h, full, turns);
                    sw.Start();
                    var s = scorer.Score(pic);
                    sw.Stop();
                    if (n < lines.Length)
                    {
                        var e = lines[n];
                        if (s.ContentVal != double.Parse(e[2], CultureInfo.InvariantCulture) || s.SumHue != long.Parse(e[3]) || s.SumSat != long.Parse(e[4]) || s.SumLum != long.Parse(e[5]) || s.Pixels != int.Parse(e[6]))
                        { if (wrong++ == 0) output.WriteLine($"   {s} vs {string.Join(',', e)}"); }
                    }
                    if (det.Push(s.ContentVal) is { } c) cuts.Add(c);
                    n++;
                }
                var want = lines.Where(l => l[7] == "1").Select(l => int.Parse(l[0])).ToArray();
                output.WriteLine($"{name} {version} {w}x{h}: frames {n}/{lines.Length} wrong {wrong} cuts {(cuts.SequenceEqual(want) ? "same " + cuts.Count : string.Join(' ', cuts) + " vs " + string.Join(' ', want))} {sw.Elapsed.TotalMilliseconds / n:0.000} ms");
                bad += wrong;
            }
        }
        Assert.Equal(0, bad);
    }

    private static Process Run(string exe, string args) => Process.Start(new ProcessStartInfo(exe, args) { RedirectStandardOutput = true })!;
}
