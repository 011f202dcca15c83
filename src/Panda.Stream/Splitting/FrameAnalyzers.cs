using Panda.Stream.Config;
using Panda.Stream.Kernels;
using Panda.Stream.Native;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Videos;

namespace Panda.Stream.Splitting;

/// <summary>What scores the frames of a run's videos: the one place that chooses the detector, and whether a card or the CPU computes it. Safe for use by several threads at once.</summary>
public sealed class FrameAnalyzers : IDisposable
{
    private readonly SplitSettings _settings;
    private readonly int? _number;
    private readonly Func<CudaDriver> _driver;
    private readonly Lock _lock = new();
    private (CudaContext Context, CudaKernels Kernels)? _card;
    private bool _isGivenUp;

    /// <param name="settings">The rules of splitting.</param>
    /// <param name="on">Where frames are scored, see <see cref="SplitConfig.On"/>.</param>
    public FrameAnalyzers(SplitSettings settings, string on)
        : this(settings, on, CudaDriver.Require)
    {
    }

    internal FrameAnalyzers(SplitSettings settings, string on, Func<CudaDriver> driver) =>
        (_settings, _number, _driver) = (settings, CardName.NumberOf(on), driver);

    /// <summary>What scores on the CPU.</summary>
    /// <param name="rotation">Degrees clockwise by which players turn the frames.</param>
    public static FrameScorer OnCpu(SplitSettings settings, int rotation)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return OnCpu(settings, rotation, state: null);
    }

    /// <summary>What scores one video's frames.</summary>
    /// <param name="rotation">Degrees clockwise by which players turn them.</param>
    /// <param name="warn">Told in one line why the card does not score them, or not all, unless another video's line says so.</param>
    public IFrameAnalyzer Of(int rotation, Action<string> warn) => _number is null || Volatile.Read(ref _isGivenUp)
        ? OnCpu(_settings, rotation)
        : new CudaAnalyzer(() => OnCard(rotation), state => OnCpu(_settings, rotation, state), FrameOnCard, (error, frame) => Failed(error, frame, warn));

    public void Dispose()
    {
        _card?.Kernels.Dispose();
        _card?.Context.Dispose();
    }

    private static FrameScorer OnCpu(SplitSettings settings, int rotation, ScorerState? state) => settings.Detector == Detector.Content
        ? new FrameScorer<ContentScore>(new ContentScorer(settings.Downscale, rotation, RowKernels.Fastest, state), score => new(score))
        : new FrameScorer<HistogramScore>(
            new HistogramScorer(settings.Downscale, rotation, RowKernels.Fastest, state), score => new(score, settings.HistogramChannels, settings.HistogramMetric));

    private CudaFrameScorer OnCard(int rotation)
    {
        var (context, kernels) = Card();
        return new(new(context, kernels), DetectorOnCard(), _settings.Downscale, rotation);
    }

    private CudaDetector DetectorOnCard() => _settings.Detector == Detector.Content
        ? new CudaContentDetector()
        : new CudaHistogramDetector(_settings.HistogramChannels, _settings.HistogramMetric);

    // Chroma of odd heights and of more bits is not what the kernels read: such frames are scored from the machine's memory.
    private CudaFrame? FrameOnCard(DecodedFrame frame) =>
        frame.TryGetDevice(out var device) && device.Bits == 8 && device.Height % 2 == 0 && device.Card.Context.Device.Ordinal == _number
            ? new(device.Planes, device.Shape, device.Height, device.FullRangeFormat, device.Card.Stream)
            : null;

    private (CudaContext Context, CudaKernels Kernels) Card()
    {
        lock (_lock)
        {
            if (_card is { } open)
                return open;
            var driver = _driver();
            if (_number >= driver.Devices.Count)
                throw new NativeLibraryException($"found {driver.Devices.Count} cards, expected one of number {_number}");
            var context = new CudaContext(driver, driver.Devices[_number!.Value]);
            _card = (context, new(context));
            return _card.Value;
        }
    }

    private void Failed(Exception error, int frame, Action<string> warn)
    {
        // A lack of memory may pass; what else a card fails with concerns every video.
        var passes = error is CudaException { IsOutOfMemory: true };
        if (passes || !Interlocked.Exchange(ref _isGivenUp, true))
            warn($"its frames{(frame > 0 ? $" from frame {frame} on" : "")}{(passes ? "" : ", and those of later videos,")} were scored on the CPU, not on {CardName.Of(_number!.Value)}: {NativeLibraryException.OneLine(error)}");
    }
}
