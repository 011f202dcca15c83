using System.Collections.Concurrent;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Panda.Stream.Captioning.Stages;

/// <summary>One clip's part of a tensor: its shape without the batch.</summary>
internal sealed record TensorRow(TensorElementType Type, long[] Shape, byte[] Bytes);

/// <summary>
/// What shared sessions made of one clip, so that a tower that serves several teachers runs once: who comes first makes it, the others
/// wait. In managed memory, so that it goes with the clip. Safe for use by several threads at once.
/// </summary>
internal sealed class ClipMemo
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<TensorRow[]>> _made = [];

    /// <summary>What was made so far, or is being made.</summary>
    internal int Count => _made.Count;

    /// <summary>Null when it is there or somebody makes it; else what the caller must now give.</summary>
    /// <param name="key">What is wanted.</param>
    /// <param name="made">It, once it is there. Whoever waits must have given all that he claimed, so that nobody waits for ever.</param>
    internal TaskCompletionSource<TensorRow[]>? Claim(string key, out Task<TensorRow[]> made)
    {
        var own = new TaskCompletionSource<TensorRow[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        var found = _made.GetOrAdd(key, own);
        made = found.Task;
        return found == own ? own : null;
    }

    /// <summary>It could not be made: those who wait learn why, the next one tries again.</summary>
    internal void Fail(string key, TaskCompletionSource<TensorRow[]> claim, Exception error)
    {
        _made.TryRemove(new(key, claim));
        claim.SetException(error);
    }
}
