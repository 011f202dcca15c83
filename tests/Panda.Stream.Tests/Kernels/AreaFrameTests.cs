using Panda.Stream.Kernels;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Kernels;

public class AreaFrameTests
{
    [Theory]
    [InlineData(64, 48, 32, 24, 0)]
    [InlineData(641, 361, 171, 96, 90)]
    [InlineData(200, 130, 61, 43, 180)]
    [InlineData(301, 298, 33, 149, 270)]
    public void Small_pictures_are_those_of_the_processor(int width, int height, int toWidth, int toHeight, int rotation)
    {
        foreach (var (nv12, aligned) in new[] { (true, true), (false, true), (true, false), (false, false) })
        {
            var random = new Random(width + (nv12 ? 1 : 0));
            using var memory = new KernelMemory(random, backwards: aligned);
            var frames = new TestFrames(random, width, height, 2);
            var colors = new SourceColors(aligned ? LibavConstants.AVCOL_SPC_BT709 : LibavConstants.AVCOL_SPC_SMPTE170M, FullRange: nv12);
            var (planes, shape) = frames.Put(memory, nv12, aligned);
            var tables = new AreaTables(width, height, toWidth, toHeight);
            var numbers = memory.Put(tables.Numbers);
            for (var i = 0; i < frames.Count; i++)
            {
                var (unturned, expected) = (new byte[3 * toWidth * toHeight], new byte[3 * toWidth * toHeight]);
                new AreaScaler(width, height, toWidth, toHeight).Scale(frames.Planes(i, fullRange: nv12), colors, unturned);
                RgbTurn.Copy(unturned, 3 * toWidth, toWidth, toHeight, rotation, expected);

                var rgb = memory.Room<byte>(expected.Length, 0xA5);
                memory.Launch(tables.Arguments(numbers, planes[i], shape, rgb, AreaColours.Of(colors), rotation));
                Assert.Equal(expected, KernelMemory.Read<byte>(rgb, expected.Length));
            }
        }
    }
}
