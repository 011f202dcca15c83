namespace Panda.Stream.Kernels;

/// <summary>How many blocks a launch has.</summary>
internal readonly record struct KernelGrid(int X, int Y = 1, int Z = 1)
{
    /// <summary>Blocks of which each takes <paramref name="size"/> of <paramref name="count"/>.</summary>
    public static int Blocks(int count, int size) => (count + size - 1) / size;
}

/// <summary>The one argument of a kernel, laid out as in its source, where inputs, outputs and units are told. Pointers are device pointers.</summary>
internal interface IKernelArguments
{
    static abstract string Module { get; }

    static abstract string Kernel { get; }

    /// <summary>Threads in each block.</summary>
    static abstract int Threads { get; }

    KernelGrid Grid { get; }
}
