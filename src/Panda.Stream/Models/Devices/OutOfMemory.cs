using Microsoft.ML.OnnxRuntime;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Models.Devices;

internal static class OutOfMemory
{
    // ONNX Runtime has no code for it, only words: of its arena, of the C++ library, of CUDA, cuBLAS and cuDNN.
    private static readonly string[] Words = ["failed to allocate memory", "bad_alloc", "bad allocation", "out of memory", "ALLOC_FAILED", "ALLOCATION_FAILED"];

    /// <summary>Whether an error says that the machine or a card has no more memory: less work at once may go well.</summary>
    internal static bool IsIn(Exception error) => error switch
    {
        OutOfMemoryException => true,
        CudaException cuda => cuda.IsOutOfMemory,
        OnnxRuntimeException onnx => Array.Exists(Words, words => onnx.Message.Contains(words, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };
}
