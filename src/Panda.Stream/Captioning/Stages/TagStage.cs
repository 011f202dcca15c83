namespace Panda.Stream.Captioning.Stages;

/// <summary>A stage that tells which labels a model gave scores for.</summary>
internal sealed class TagStage(StageCard card, string[] labels)
{
    internal void Run(IReadOnlyList<ClipWork> clips, IDictionary<string, StageTensor> tensors)
    {
        var scores = tensors[card.Tags!];
        if (scores.Value.Shape[^1] != labels.Length)
            throw new ArgumentException($"{card.Tags}: found scores of {scores.Value.Shape[^1]} labels, expected {labels.Length}, as {card.Labels} has lines");
        var values = scores.Floats;
        var each = values.Length / clips.Count;
        for (var i = 0; i < clips.Count; i++)
            clips[i].Texts[card.Into!] = string.Join(card.Join, Labels(values.Slice(i * each, each)));
    }

    private List<string> Labels(ReadOnlySpan<float> scores)
    {
        var told = new List<string>();
        for (var label = 0; label < labels.Length; label++)
        {
            var largest = float.NegativeInfinity;
            for (var at = label; at < scores.Length; at += labels.Length)
                largest = MathF.Max(largest, scores[at]);
            if (1 / (1 + Math.Exp(-largest)) > card.Threshold)
                told.Add(labels[label]);
        }
        return told;
    }
}
