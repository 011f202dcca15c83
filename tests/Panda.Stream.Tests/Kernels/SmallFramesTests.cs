using Panda.Stream.Kernels;
using Panda.Stream.Models.Pictures;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Cuda;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Kernels;

public class SmallFramesTests
{
    [Theory]
    [InlineData(64, 48, 32, 32, PictureResize.Squash, PictureFilter.Bicubic, PictureLayout.Nchw)]
    [InlineData(321, 181, 56, 40, PictureResize.Crop, PictureFilter.Bicubic, PictureLayout.Btchw)]
    [InlineData(95, 203, 33, 35, PictureResize.Crop, PictureFilter.Bilinear, PictureLayout.Bcthw)]
    [InlineData(13, 9, 70, 41, PictureResize.Squash, PictureFilter.Bilinear, PictureLayout.Bcthw)] // larger
    [InlineData(1, 1, 5, 3, PictureResize.Squash, PictureFilter.Bicubic, PictureLayout.Nchw)]
    [InlineData(1999, 31, 30, 9, PictureResize.Squash, PictureFilter.Bicubic, PictureLayout.Nchw)] // narrower tiles
    [InlineData(37, 1203, 12, 20, PictureResize.Squash, PictureFilter.Bicubic, PictureLayout.Nchw)] // smaller groups of rows
    public void Tensors_are_those_of_the_pictures(
        int width, int height, int toWidth, int toHeight, PictureResize resize, PictureFilter filter, PictureLayout layout)
    {
        const int Clips = 2, FramesAClip = 2;
        var card = new PictureCard
        {
            Size = [toWidth, toHeight], Resize = resize, Filter = filter, Layout = layout,
            Mean = [.48145466f, .4578275f, .40821073f], Std = [.26862954f, .26130258f, .27577711f],
        };
        var picture = new PictureTensor(card);
        foreach (var (nv12, aligned) in new[] { (true, true), (false, true), (true, false), (false, false) })
        {
            var random = new Random(width + height + (nv12 ? 1 : 0));
            using var memory = new KernelMemory(random, backwards: aligned);
            var frames = new TestFrames(random, width, height, Clips * FramesAClip);
            var matrix = nv12 ? YuvCoefficients.Bt709(aligned) : YuvCoefficients.Bt601(aligned);
            var (clip, plane) = (3 * FramesAClip * toWidth * toHeight, toWidth * toHeight);
            var expected = new float[Clips * clip];
            for (var i = 0; i < Clips; i++)
                picture.Write(
                    [.. Enumerable.Range(i * FramesAClip, FramesAClip).Select(f => new KeptFrame(f, f, width, height, frames.Rgb(f, matrix)))],
                    expected.AsSpan(i * clip, clip));

            var (planes, lie) = frames.Put(memory, nv12, aligned);
            var tables = new ResampleTables(width, height, card);
            AxisArguments Put(AxisTable axis) => new(memory.Put(axis.Starts), memory.Put(axis.Counts), memory.Put(axis.Weights));
            var strides = layout == PictureLayout.Bcthw ? new TensorStrides(clip, plane, FramesAClip * plane) : new TensorStrides(clip, 3 * plane, plane);
            SmallFramesArguments Arguments(nint values, nint tensor) => new(
                memory.Put(planes, 8), Put(tables.Columns), Put(tables.Rows), values, tensor, strides, matrix, lie,
                toWidth, toHeight, frames.Count, FramesAClip, tables.Tiles);

            var floats = memory.Room(expected.Length, float.NaN);
            memory.Launch(new SmallFramesFloat(Arguments(memory.Put(picture.Values), floats)));
            Assert.Equal(expected, KernelMemory.Read<float>(floats, expected.Length));

            var halves = memory.Room(expected.Length, Half.NaN);
            memory.Launch(new SmallFramesHalf(Arguments(memory.Put<Half>([.. picture.Values.ToArray().Select(value => (Half)value)]), halves)));
            Assert.Equal(expected.Select(value => (Half)value), KernelMemory.Read<Half>(halves, expected.Length));
        }
    }

    [Theory]
    [InlineData(64, 48, 61, 48, PictureResize.Crop, PictureLayout.Nchw), InlineData(64, 48, 40, 30, PictureResize.Squash, PictureLayout.Bcthw), InlineData(97, 50, 33, 65, PictureResize.Crop, PictureLayout.Btchw)]
    public void A_model_on_a_card_gets_the_same_input_made_there(int width, int height, int otherWidth, int otherHeight, PictureResize resize, PictureLayout layout)
    {
        var card = new PictureCard
        {
            Size = [34, 26], Resize = resize, Filter = PictureFilter.Bicubic, Layout = layout,
            Mean = [.48145466f, .4578275f, .40821073f], Std = [.26862954f, .26130258f, .27577711f],
        };
        var random = new Random(width);
        // Clips of two sizes, those of one in a row or not.
        KeptFrame[][] clips = [.. new[] { true, true, false, true }.Select(first => Enumerable.Range(0, 3).Select(i => Frame(random, i, first ? width : otherWidth, first ? height : otherHeight)).ToArray())];
        using var expected = new PictureTensor(card).Batch(clips);
        using var fake = new FakeDriver();
        var (_, device) = FakeCard.Open(fake);
        using (device)
        using (var tensor = new PictureTensor(card, device))
        {
            foreach (var _ in new[] { 1, 2 })
            {
                using var there = tensor.Batch(clips);
                using var halves = tensor.Batch(clips, TensorElementType.Float16);
                Assert.Equal(device.Memory, there.Memory);
                Assert.Equal(expected.Shape, there.Shape);
                using OnnxValue found = there.ToHost(), halvesFound = halves.ToHost();
                Assert.Equal(expected.Data<float>(), found.Data<float>());
                Assert.Equal(expected.Data<float>().ToArray().Select(value => (Half)value), halvesFound.Data<Half>().ToArray());
            }
            // What the kernel has no room for is made by the processor.
            using var small = new PictureTensor(card with { Size = [2, 2], Resize = PictureResize.Squash }, device);
            using var large = small.Batch([[Frame(random, 0, 1000, 8)]]);
            Assert.Equal(OnnxMemory.Host, large.Memory);
            Assert.StartsWith("frame 7: found 299 bytes", Assert.Throws<ArgumentException>(() => tensor.Batch([[new KeptFrame(7, 0, 10, 10, new byte[299])]])).Message);
        }
        Assert.Equal(0, fake.Live);
    }

    private static KeptFrame Frame(Random random, int index, int width, int height)
    {
        var pixels = new byte[3 * width * height];
        random.NextBytes(pixels);
        return new(index, index, width, height, pixels);
    }

    [Fact]
    public void Frames_too_large_for_a_block_are_refused()
    {
        var card = new PictureCard
        {
            Size = [2, 2], Resize = PictureResize.Squash, Filter = PictureFilter.Bicubic, Layout = PictureLayout.Nchw, Mean = [0, 0, 0], Std = [1, 1, 1],
        };
        Assert.Equal("frames of 1000 pixels to 2: one pixel is made of 1000, expected at most 512",
            Assert.Throws<ArgumentException>(() => new ResampleTables(1000, 8, card)).Message);
    }
}
