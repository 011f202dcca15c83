using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using Panda.Stream.Kernels;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Splitting;
using Panda.Stream.Videos;
using PictureLayout = Panda.Stream.Models.Pictures.PictureLayout;

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
    public CudaMemory Put(Card card) => card.Put(Enumerable.Range(0, Count).Select(i => PutOne(card, i)).ToArray());

    /// <summary>Puts one on a card.</summary>
    public FramePlanes PutOne(Card card, int frame)
    {
        var (y, u, v) = (_y[frame], _u[frame], _v[frame]);
        var bytes = new byte[Width * Height * 3 / 2];
        y.CopyTo(bytes, 0);
        for (var k = 0; k < u.Length; k++)
            (bytes[y.Length + 2 * k], bytes[y.Length + 2 * k + 1]) = (u[k], v[k]);
        var pointer = card.Put(bytes).Pointer;
        return FramePlanes.Nv12(pointer, pointer + y.Length);
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

/// <summary>Frames at full size to the small RGB pictures that a run keeps, a launch each, as a run makes them.</summary>
internal sealed class AreaFrameWork : KernelWork
{
    private static readonly SourceColors Colors = new(LibavConstants.AVCOL_SPC_BT709, FullRange: false);

    private readonly Frames _frames;
    private readonly AreaScaler _scaler;
    private readonly byte[][] _pictures;
    private CudaMemory[] _output = [];
    private AreaFrameArguments[] _arguments = [];

    public AreaFrameWork(int width, int height, int toWidth, int toHeight, int count)
    {
        (_frames, _scaler) = (new(width, height, count), new(width, height, toWidth, toHeight));
        _pictures = [.. Enumerable.Range(0, count).Select(_ => new byte[3 * toWidth * toHeight])];
    }

    public override string Kernel => "area_frame";

    public override string Size => $"{_frames.Count} frames of {_frames.Width}x{_frames.Height} to {_scaler.Width}x{_scaler.Height}";

    public override long Bytes => _frames.Count * (_frames.Width * _frames.Height * 3 / 2 + 3L * _scaler.Width * _scaler.Height);

    public override void Run()
    {
        for (var i = 0; i < _frames.Count; i++)
            _scaler.Scale(_frames.Planes(i), Colors, _pictures[i]);
    }

    public override void Put(Card card)
    {
        var tables = new AreaTables(_frames.Width, _frames.Height, _scaler.Width, _scaler.Height);
        var numbers = card.Put(tables.Numbers).Pointer;
        _output = Array.ConvertAll(_pictures, picture => card.Room(picture.Length));
        _arguments = [.. _output.Select((output, i) => tables.Arguments(
            numbers, _frames.PutOne(card, i), new(_frames.Width, _frames.Width, _frames.Width, 2), output.Pointer, AreaColours.Of(Colors), rotation: 0))];
    }

    public override void Queue(Card card)
    {
        foreach (var arguments in _arguments)
            card.Launch(arguments);
    }

    public override void Check(Card card)
    {
        Run();
        Require(_output.Select((output, i) => card.Read<byte>(output, _pictures[i].Length).SequenceEqual(_pictures[i])).All(same => same), "pictures");
    }
}

/// <summary>Frames to a model's input: as a run keeps them, or at full size, of which the twin begins with RGB, which the kernel makes on its way.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The twin works on no card, so it has nothing to give back.")]
internal sealed class SmallFramesWork : KernelWork
{
    private static readonly float[] Mean = [.48145466f, .4578275f, .40821073f], Std = [.26862954f, .26130258f, .27577711f];

    private readonly Frames _frames;
    private readonly bool _isKept, _isHalf;
    private readonly PictureCard _picture;
    private readonly PictureTensor _tensor;
    private readonly KeptFrame[] _kept;
    private readonly float[] _values;
    private readonly ResampleTables _tables;
    private CudaMemory _output = null!;
    private readonly Half[] _halves;
    private SmallFramesArguments _arguments;

    /// <param name="kept">Frames as a run keeps them, in RGB24; else as decoded.</param>
    /// <param name="half">For a model that takes 16-bit floats.</param>
    public SmallFramesWork(int width, int height, int side, PictureResize resize, PictureFilter filter, int count, bool kept = false, bool half = false)
    {
        (_isKept, _isHalf) = (kept, half);
        _frames = new(width, height, count, grey: true);
        _picture = new() { Size = [side, side], Resize = resize, Filter = filter, Layout = PictureLayout.Nchw, Mean = Mean, Std = Std };
        _tensor = new(_picture);
        _kept = [.. Enumerable.Range(0, count).Select(_frames.Grey)];
        _values = new float[count * 3 * side * side];
        _halves = new Half[half ? _values.Length : 0];
        _tables = new(width, height, _picture);
    }

    public override string Kernel => _isHalf ? "small_frames_f16" : "small_frames_f32";

    public override string Size =>
        $"{_frames.Count} {(_isKept ? "kept " : "")}frames of {_frames.Width}x{_frames.Height} to {_picture.Size[0]}, {_picture.Resize} {_picture.Filter}".ToLowerInvariant();

    public override long Bytes => _frames.Count * (Wanted(_tables.Columns) * Wanted(_tables.Rows) * (_isKept ? 6 : 3) / 2) + (_isHalf ? 2L : 4L) * _values.Length;

    public override void Run()
    {
        _tensor.Write(_kept, _values);
        if (_isHalf)
            TensorPrimitives.ConvertToHalf(_values, _halves);
    }

    public override void Put(Card card)
    {
        AxisArguments Axis(AxisTable axis) => new(card.Put(axis.Starts).Pointer, card.Put(axis.Counts).Pointer, card.Put(axis.Weights).Pointer);
        var (side, plane) = (_picture.Size[0], _picture.Size[0] * _picture.Size[1]);
        _output = card.Room(4L * _values.Length);
        var values = _tensor.Values.ToArray();
        _arguments = new(
            Put().Pointer, Axis(_tables.Columns), Axis(_tables.Rows), (_isHalf ? card.Put(Array.ConvertAll(values, value => (Half)value)) : card.Put(values)).Pointer, _output.Pointer,
            new(3 * plane, 3 * plane, plane), YuvCoefficients.Bt601(fullRange: true),
            _isKept ? new(_frames.Width, 3 * _frames.Width, 0, 0) : new(_frames.Width, _frames.Width, _frames.Width, 2),
            side, side, _frames.Count, 1, _tables.Tiles);

        CudaMemory Put() => _isKept ? card.Put(_kept.Select(frame => new FramePlanes(card.Put(frame.Rgb).Pointer, 0, 0)).ToArray()) : _frames.Put(card);
    }

    public override void Queue(Card card)
    {
        if (_isHalf)
            card.Launch(new SmallFramesHalf(_arguments));
        else
            card.Launch(new SmallFramesFloat(_arguments));
    }

    public override void Check(Card card)
    {
        Run();
        Require(_isHalf ? card.Read<Half>(_output, _halves.Length).SequenceEqual(_halves) : card.Read<float>(_output, _values.Length).SequenceEqual(_values), "tensors");
    }

    // Source pixels from the first to the last that a pixel is made of.
    private static long Wanted(AxisTable axis) => axis.Starts[^1] + axis.Counts[^1] - axis.Starts[0];
}
