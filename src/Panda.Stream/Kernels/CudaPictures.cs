using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Videos;

namespace Panda.Stream.Kernels;

/// <summary>
/// <see cref="PictureTensor"/> on a card: the frames go there as they are kept, and a model's input is made where the model reads it, of the
/// same numbers. Safe for use by several threads at once.
/// </summary>
/// <param name="work">In the order of the stream in which the model works; it stays the caller's.</param>
/// <param name="card">What the model takes.</param>
/// <param name="values">What each byte becomes: 256 values for each channel.</param>
internal sealed class CudaPictures(CudaWork work, PictureCard card, float[] values) : IDisposable
{
    private const int Alignment = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<(int Width, int Height), Tables> _tables = [];
    private CudaLease<CudaMemory>? _floats, _halves;

    private int Plane => card.Size[0] * card.Size[1];

    /// <summary>Whether the kernel has room for frames of a size.</summary>
    public bool Takes(int width, int height)
    {
        lock (_lock)
            return TablesOf(width, height).Tiles is not null;
    }

    /// <summary>Queues the making of a tensor of clips.</summary>
    /// <param name="clips">Each with as many frames, all of a size that it <see cref="Takes"/>, those of a clip all of one size.</param>
    /// <param name="tensor">Of 32-bit or 16-bit floats, in the card's memory.</param>
    /// <exception cref="CudaException">The card refused, or is out of memory.</exception>
    public void Write(IReadOnlyList<IReadOnlyList<KeptFrame>> clips, OnnxValue tensor)
    {
        // Videos of one size, as most are, in one launch.
        for (int first = 0, end; first < clips.Count; first = end)
        {
            end = first + 1;
            while (end < clips.Count && SizeOf(clips[end]) == SizeOf(clips[first]))
                end++;
            Write([.. clips.Skip(first).Take(end - first).SelectMany(clip => clip)], clips[0].Count, tensor, first);
        }
    }

    public void Dispose()
    {
        lock (_lock)
            Forget();
        _floats?.Dispose();
        _halves?.Dispose();
    }

    private static (int Width, int Height) SizeOf(IReadOnlyList<KeptFrame> clip) => (clip[0].Width, clip[0].Height);

    private void Write(KeptFrame[] frames, int framesAClip, OnnxValue tensor, int firstClip)
    {
        var (width, height) = (frames[0].Width, frames[0].Height);
        var each = (3 * width * height + Alignment - 1) / Alignment * Alignment;
        using var pictures = work.Put((long)each * frames.Length, room =>
        {
            for (var i = 0; i < frames.Length; i++)
                frames[i].Rgb.CopyTo(room[(i * each)..]);
        });
        using var planes = work.Put<FramePlanes>([.. frames.Select((_, i) => new FramePlanes(pictures.Block.Pointer + i * (nint)each, 0, 0))]);

        var isHalf = tensor.ElementType == TensorElementType.Float16;
        var clip = 3L * framesAClip * Plane;
        var strides = card.Layout == PictureLayout.Bcthw ? new TensorStrides(clip, Plane, (long)framesAClip * Plane) : new TensorStrides(clip, 3L * Plane, Plane);
        var target = tensor.Address + (nint)(firstClip * clip * (isHalf ? 2 : sizeof(float)));
        // Until the launch is queued, no other thread may forget the tables.
        lock (_lock)
        {
            var tables = TablesOf(width, height);
            var becomes = isHalf ? _halves ??= work.Put<Half>(Array.ConvertAll(values, value => (Half)value)) : _floats ??= work.Put<float>(values);
            var arguments = new SmallFramesArguments(
                planes.Block.Pointer, tables.Columns, tables.Rows, becomes.Block.Pointer, target, strides, default,
                new(width, 3 * width, 0, 0), card.Size[0], card.Size[1], frames.Length, framesAClip, tables.Tiles!.Value);
            if (isHalf)
                work.Launch(new SmallFramesHalf(arguments));
            else
                work.Launch(new SmallFramesFloat(arguments));
        }
    }

    private Tables TablesOf(int width, int height)
    {
        if (_tables.TryGetValue((width, height), out var known))
            return known;
        if (_tables.Count == PictureTensor.MostShapes)
            Forget();
        return _tables[(width, height)] = Make(width, height);
    }

    private Tables Make(int width, int height)
    {
        ResampleTables made;
        try
        {
            made = new(width, height, card);
        }
        catch (ArgumentException)
        {
            return new(default, default, null, []);
        }
        var leases = new List<CudaLease<CudaMemory>>();
        try
        {
            return new(Put(made.Columns), Put(made.Rows), made.Tiles, leases);
        }
        catch
        {
            leases.ForEach(lease => lease.Dispose());
            throw;
        }

        AxisArguments Put(AxisTable axis) => new(PutOne(axis.Starts), PutOne(axis.Counts), PutOne(axis.Weights));

        nint PutOne(int[] numbers)
        {
            leases.Add(work.Put<int>(numbers));
            return leases[^1].Block.Pointer;
        }
    }

    private void Forget()
    {
        foreach (var tables in _tables.Values)
            tables.Leases.ForEach(lease => lease.Dispose());
        _tables.Clear();
    }

    /// <param name="Tiles">Null where the kernel has no room.</param>
    private sealed record Tables(AxisArguments Columns, AxisArguments Rows, SmallFramesTiles? Tiles, List<CudaLease<CudaMemory>> Leases);
}
