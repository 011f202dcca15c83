using System.Runtime.InteropServices;
using Panda.Stream.Kernels;

namespace Panda.Stream.Tests.Kernels;

/// <summary>The buffers of one test, each between guard bytes; a launch checks that kernels wrote where they may and nowhere else.</summary>
internal sealed unsafe class KernelMemory(Random random, bool backwards = false) : IDisposable
{
    private const int Guard = 4096;

    private readonly List<Buffer> _buffers = [];

    private sealed record Buffer(nint Block, int Start, int Length, byte[] Before, bool MayChange)
    {
        public Span<byte> Bytes => new((void*)Block, Before.Length);
    }

    /// <summary>Copies something that kernels only read. Its address is a multiple of the element's size and, with luck, of no more.</summary>
    /// <param name="values">At least none.</param>
    /// <param name="alignment">A multiple that the address must be.</param>
    public nint Put<T>(ReadOnlySpan<T> values, int alignment = 0) where T : unmanaged => Add(values, alignment, mayChange: false);

    public nint Put<T>(T[] values, int alignment = 0) where T : unmanaged => Add<T>(values, alignment, mayChange: false);

    /// <summary>Room that kernels write, with each element set to <paramref name="value"/>.</summary>
    public nint Room<T>(int count, T value, int alignment = 0) where T : unmanaged
    {
        var values = new T[count];
        values.AsSpan().Fill(value);
        return Add<T>(values, alignment, mayChange: true);
    }

    public static T[] Read<T>(nint address, int count) where T : unmanaged => new ReadOnlySpan<T>((void*)address, count).ToArray();

    public void Launch<T>(T arguments) where T : unmanaged, IKernelArguments
    {
        ShimLibrary.Launch(arguments, backwards);
        foreach (var buffer in _buffers)
        {
            var bytes = buffer.Bytes;
            var end = buffer.Start + buffer.Length;
            Assert.True(bytes[..buffer.Start].SequenceEqual(buffer.Before.AsSpan(0, buffer.Start)), $"{T.Kernel} wrote before a buffer");
            Assert.True(bytes[end..].SequenceEqual(buffer.Before.AsSpan(end)), $"{T.Kernel} wrote behind a buffer");
            Assert.True(buffer.MayChange || bytes.SequenceEqual(buffer.Before), $"{T.Kernel} wrote to its input");
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            NativeMemory.AlignedFree((void*)buffer.Block);
    }

    private nint Add<T>(ReadOnlySpan<T> values, int alignment, bool mayChange) where T : unmanaged
    {
        // Of a type like Tap, whose kernel counterpart asks for it, the size is a multiple of its alignment.
        alignment = alignment > 0 ? alignment : sizeof(T) >= 16 ? 16 : sizeof(T);
        var (start, length) = (Guard + random.Next(16 / alignment + 1) * alignment % 16, sizeof(T) * values.Length);
        var before = new byte[start + length + Guard];
        random.NextBytes(before);
        MemoryMarshal.AsBytes(values).CopyTo(before.AsSpan(start));
        var block = (nint)NativeMemory.AlignedAlloc((nuint)before.Length, 64);
        _buffers.Add(new(block, start, length, before, mayChange));
        before.CopyTo(_buffers[^1].Bytes);
        return block + start;
    }
}
