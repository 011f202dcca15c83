using System.Globalization;
using Panda.Stream.Splitting;

namespace Panda.Stream.Graph;

/// <summary>The scores of one video's frames as CSV; which columns there are depends on the detector.</summary>
internal sealed class ScoreFile : IDisposable
{
    private readonly StreamWriter _file;
    private bool _begun;

    public ScoreFile(string path)
    {
        File.Delete(path); // a link there must not lead the writing elsewhere
        _file = new StreamWriter(path);
    }

    /// <param name="milliseconds">When the frame is shown.</param>
    public void Add(FrameScore score, double milliseconds)
    {
        if (!_begun)
            _file.WriteLine(score.Histogram is null
                ? "frame,pts_ms,content_val,sum_hue,sum_sat,sum_lum"
                : "frame,pts_ms,histogram_val,correl_hue,correl_sat,correl_val,correl_luma,chi_square_hue,chi_square_sat,chi_square_val,chi_square_luma");
        _begun = true;
        _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{score.Frame},{milliseconds},{score.Value},{Figures(score)}"));
    }

    public void Dispose() => _file.Dispose();

    private static string Figures(FrameScore score)
    {
        if (score.Content is { } content)
            return string.Create(CultureInfo.InvariantCulture, $"{content.SumHue},{content.SumSat},{content.SumLum}");
        var (_, hue, sat, val, luma) = score.Histogram!.Value;
        return string.Create(CultureInfo.InvariantCulture,
            $"{hue.Correlation},{sat.Correlation},{val.Correlation},{luma.Correlation},{hue.ChiSquare},{sat.ChiSquare},{val.ChiSquare},{luma.ChiSquare}");
    }
}
