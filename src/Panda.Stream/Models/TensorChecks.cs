using Microsoft.ML.OnnxRuntime.Tensors;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models;

/// <summary>Holds the tensors of an opened session against those of its card.</summary>
internal static class TensorChecks
{
    internal static IEnumerable<Diagnostic> Compare(string session, SessionCard card, OnnxSession opened, Locations at) =>
    [
        .. Compare($"sessions.{session}.inputs", "input", card.Inputs, opened.Inputs, card, at),
        .. Compare($"sessions.{session}.outputs", "output", card.Outputs, opened.Outputs, card, at),
    ];

    private static IEnumerable<Diagnostic> Compare(
        string path, string what, IReadOnlyDictionary<string, IReadOnlyList<string>> expected, IReadOnlyList<TensorInfo> found, SessionCard card, Locations at)
    {
        var file = card.File;
        foreach (var (name, shape) in expected)
        {
            var types = ElementTypes(name, card.Precision);
            var wanted = $"{string.Join(" or ", types)} [{string.Join(", ", shape)}]";
            if (found.FirstOrDefault(tensor => tensor.Name == name) is not { } tensor)
                yield return Mistake($"{path}.{name}", $"found no {what} '{name}' in {file} (it has {string.Join(", ", found.Select(tensor => tensor.Name))}), expected one of {wanted}");
            else if (!types.Contains(tensor.ElementType) || !Fits(tensor.Shape, shape))
                yield return Mistake($"{path}.{name}", $"{what} '{name}' of {file}: found {tensor.Form}, expected {wanted}");
        }
        foreach (var tensor in found.Where(tensor => !expected.ContainsKey(tensor.Name)))
            yield return Mistake(path, $"found {what} {tensor} in {file}, expected only those that the card names: {string.Join(", ", expected.Keys)}");

        Diagnostic Mistake(string where, string message) => new(at[where], DiagnosticCode.UnfitModel, message);
    }

    /// <summary>Token ids, masks and positions are whole numbers; all else is in the session's precision or, as scores often are, in 32 bits.</summary>
    private static TensorElementType[] ElementTypes(string tensor, SessionPrecision precision) => tensor switch
    {
        "seqlens_k" or "total_sequence_length" => [TensorElementType.Int32],
        "use_cache_branch" => [TensorElementType.Bool],
        _ when tensor.EndsWith("_ids", StringComparison.Ordinal) || tensor.EndsWith("_mask", StringComparison.Ordinal) => [TensorElementType.Int64, TensorElementType.Int32],
        _ => precision switch
        {
            SessionPrecision.F16 => [TensorElementType.Float16, TensorElementType.Float],
            SessionPrecision.Bf16 => [TensorElementType.BFloat16, TensorElementType.Float],
            _ => [TensorElementType.Float],
        },
    };

    // Exporters leave sizes free that always come out the same, so a number in the card fits a free dimension; a word never fits a number.
    private static bool Fits(IReadOnlyList<TensorDimension> found, IReadOnlyList<string> expected) =>
        found.Count == expected.Count
        && found.Zip(expected).All(pair => pair.First.IsFree || (long.TryParse(pair.Second, out var size) && size == pair.First.Size));
}
