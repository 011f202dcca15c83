using System.Diagnostics.CodeAnalysis;
using Panda.Stream.Kernels;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;

namespace Panda.Stream.Perf.Kernels;

/// <summary>A batch of frames: planes for the twins, NV12 on a card, as decoders give them there.</summary>
internal sealed class Frames
{
    private readonly byte[][] _y, _u, _v;

    /// <param name="grey">Without colour, so that RGB of full range is luma three times.</param>
    public Frames(int width, int height, int count, bool grey = false)
    {
        (Width, Height, Count) = (width, height, count);
        var random = new Random(1);
        byte[] Plane(int length, bool even)
        {
            var plane = new byte[length];
            if (even)
                plane.AsSpan().Fill(128);
            else
                random.NextBytes(plane);
            return plane;
        }
        _y = [.. Enumerable.Range(0, count).Select(_ => Plane(width * height, even: false))];
        _u = [.. Enumerable.Range(0, count).Select(_ => Plane(width * height / 4, grey))];
        _v = [.. Enumerable.Range(0, count).Select(_ => Plane(width * height / 4, grey))];
    }

    /// <summary>Both even.</summary>
    public int Width { get; }
    public int Height { get; }
    public int Count { get; }

    public Yuv420Planes Planes(int frame) => new()
    {
        Width = Width, Height = Height, Y = _y[frame], U = _u[frame], V = _v[frame], StrideY = Width, StrideU = Width / 2, StrideV = Width / 2,
    };

    public KeptFrame Grey(int frame) => new(frame, frame, Width, Height, [.. _y[frame].SelectMany(luma => new[] { luma, luma, luma })]);

    /// <summary>Puts them on a card; gives where the list of their places lies.</summary>
    public CudaMemory Put(Card card)
    {
        var places = new FramePlanes[Count];
        for (var i = 0; i < Count; i++)
        {
            var bytes = new byte[Width * Height * 3 / 2];
            _y[i].CopyTo(bytes, 0);
            for (var k = 0; k < _u[i].Length; k++)
                (bytes[_y[i].Length + 2 * k], bytes[_y[i].Length + 2 * k + 1]) = (_u[i][k], _v[i][k]);
            var pointer = card.Put(bytes).Pointer;
            places[i] = FramePlanes.Nv12(pointer, pointer + _y[i].Length);
        }
        return card.Put(places);
    }
}

/// <summary>The small pictures of a batch of frames, of which scores and histograms are made.</summary>
internal sealed class SmallPictures
{
    private const int Sector = 32;

    private readonly Frames _frames;
    private readonly SmallPictureTables _tables;

    public SmallPictures(Frames frames)
    {
        _frames = frames;
        (Width, Height) = Downscale.Width256.SmallSize(frames.Width, frames.Height);
        _tables = new(new(frames.Width, frames.Height, frames.Width, frames.Width, 0, 1, 2), Width, Height);
    }

    public int Width { get; }
    public int Height { get; }

    /// <summary>Of the sectors of all frames in which a pixel is wanted.</summary>
    public long Bytes => (long)Sector * _frames.Count * (
        Sectors(tap => (tap.Luma, tap.SecondLuma)) + Sectors(tap => (tap.Chroma, tap.SecondChroma)));

    public SmallPictureArguments Put(Card card) =>
        _tables.Arguments(_frames.Put(card).Pointer, card.Put(_tables.Columns).Pointer, card.Put(_tables.Rows).Pointer, fullRange: false);

    private int Sectors(Func<Tap, (int First, int Second)> places)
    {
        int[] All(Tap[] taps) => [.. taps.Select(places).SelectMany(place => new[] { place.First, place.Second }).Distinct()];
        var columns = All(_tables.Columns);
        return All(_tables.Rows).SelectMany(row => columns.Select(column => (row + column) / Sector)).Distinct().Count();
    }
}

internal sealed class ContentScoreWork(int width, int height, int count) : KernelWork
{
    private readonly Frames _frames = new(width, height, count);
    private readonly ContentScore[] _scores = new ContentScore[count];
    private CudaMemory _sums = null!;
    private ContentScoreArguments _arguments;

    public override string Kernel => "content_score";
    public override string Size => $"{count} frames of {width}x{height}";
    public override long Bytes => new SmallPictures(_frames).Bytes;

    public override void Run()
    {
        var scorer = new ContentScorer(Downscale.Width256);
        for (var i = 0; i < count; i++)
            _scores[i] = scorer.Score(_frames.Planes(i));
    }

    public override void Put(Card card)
    {
        var small = new SmallPictures(_frames);
        _sums = card.Room(24L * count);
        _arguments = new(small.Put(card), 0, card.Room(4L * small.Width * small.Height).Pointer, _sums.Pointer, count, Math.Min(count, ContentScoreArguments.LongestChunk));
    }

    public override void Queue(Card card)
    {
        card.Stream.Fill(_sums, 0, 24L * count);
        card.Launch(_arguments);
    }

    public override void Check(Card card)
    {
        Run();
        Require(card.Read<long>(_sums, 3 * count).SequenceEqual(_scores.SelectMany(score => new[] { score.SumHue, score.SumSat, score.SumLum })), "sums");
    }
}

/// <summary>Frames to a model's input: as a run keeps them, or at full size, of which the twin begins with RGB, which the kernel makes on its way.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The twin works on no card, so it has nothing to give back.")]
internal sealed class SmallFramesWork : KernelWork
{
    private static readonly float[] Mean = [.48145466f, .4578275f, .40821073f], Std = [.26862954f, .26130258f, .27577711f];

    private readonly Frames _frames;
    private readonly bool _isKept;
    private readonly PictureCard _picture;
    private readonly PictureTensor _tensor;
    private readonly KeptFrame[] _kept;
    private readonly float[] _values;
    private readonly ResampleTables _tables;
    private CudaMemory _output = null!;
    private SmallFramesFloat _arguments;

    /// <param name="kept">Frames as a run keeps them, in RGB24; else as decoded.</param>
    public SmallFramesWork(int width, int height, int side, PictureResize resize, PictureFilter filter, int count, bool kept = false)
    {
        _isKept = kept;
        _frames = new(width, height, count, grey: true);
        _picture = new() { Size = [side, side], Resize = resize, Filter = filter, Layout = PictureLayout.Nchw, Mean = Mean, Std = Std };
        _tensor = new(_picture);
        _kept = [.. Enumerable.Range(0, count).Select(_frames.Grey)];
        _values = new float[count * 3 * side * side];
        _tables = new(width, height, _picture);
    }

    public override string Kernel => "small_frames_f32";

    public override string Size =>
        $"{_frames.Count} {(_isKept ? "kept " : "")}frames of {_frames.Width}x{_frames.Height} to {_picture.Size[0]}, {_picture.Resize} {_picture.Filter}".ToLowerInvariant();

    public override long Bytes => _frames.Count * (Wanted(_tables.Columns) * Wanted(_tables.Rows) * (_isKept ? 6 : 3) / 2) + 4L * _values.Length;

    public override void Run() => _tensor.Write(_kept, _values);

    public override void Put(Card card)
    {
        AxisArguments Axis(AxisTable axis) => new(card.Put(axis.Starts).Pointer, card.Put(axis.Counts).Pointer, card.Put(axis.Weights).Pointer);
        var (side, plane) = (_picture.Size[0], _picture.Size[0] * _picture.Size[1]);
        _output = card.Room(4L * _values.Length);
        _arguments = new(new(
            Put().Pointer, Axis(_tables.Columns), Axis(_tables.Rows), card.Put(_tensor.Values).Pointer, _output.Pointer,
            new(3 * plane, 3 * plane, plane), YuvCoefficients.Bt601(fullRange: true),
            _isKept ? new(_frames.Width, 3 * _frames.Width, 0, 0) : new(_frames.Width, _frames.Width, _frames.Width, 2),
            side, side, _frames.Count, 1, _tables.Tiles));

        CudaMemory Put() => _isKept ? card.Put(_kept.Select(frame => new FramePlanes(card.Put(frame.Rgb).Pointer, 0, 0)).ToArray()) : _frames.Put(card);
    }

    public override void Queue(Card card) => card.Launch(_arguments);

    public override void Check(Card card)
    {
        Run();
        Require(card.Read<float>(_output, _values.Length).SequenceEqual(_values), "tensors");
    }

    // Source pixels from the first to the last that a pixel is made of.
    private static long Wanted(AxisTable axis) => axis.Starts[^1] + axis.Counts[^1] - axis.Starts[0];
}
