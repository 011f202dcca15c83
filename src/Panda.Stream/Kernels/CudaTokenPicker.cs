using System.Runtime.InteropServices;
using Panda.Stream.Models.Generation;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Kernels;

/// <summary>
/// <see cref="HostTokenPicker"/> on a card, for scores that lie there: one copy to it, one or two launches and one copy back a step, of a
/// few numbers for each token that is chosen (and one bit a token of the vocabulary where repetition is penalised). Safe for use by several threads at once.
/// </summary>
/// <param name="work">In the order of the stream on which the scores are made; it stays the caller's.</param>
/// <param name="card">The rules.</param>
internal sealed class CudaTokenPicker(CudaWork work, GenerationCard card)
{
    private readonly int _keep = card.Beams == 1 ? 1 : card.Candidates;

    // A score, a beam and an id of each candidate.
    private int CandidateBytes => _keep * (sizeof(double) + 2 * sizeof(int));

    /// <summary>Whether the kernels have room for what a model's card asks.</summary>
    internal static bool Takes(GenerationCard card, int vocabulary) => vocabulary <= LogitsArguments.LargestVocabulary
        && (card.Beams == 1 || (card.Candidates <= Math.Min(BeamCandidatesArguments.MostKept, vocabulary) && (long)card.Beams * vocabulary <= BeamDrawsArguments.MostTokens));

    /// <inheritdoc cref="TokenPicker.Pick"/>
    /// <exception cref="CudaException">The card refused, or is out of memory.</exception>
    internal TokenAnswer[] Pick(IReadOnlyList<TokenQuestion> questions, CardScores scores)
    {
        var step = Step(questions, scores);
        using var input = work.Put<byte>(step.Write(scores));
        using var output = work.Rent(OutputBytes(step));
        using var between = work.Rent(BytesBetween(step));
        Launch(step, scores.Type, input.Block.Pointer, output.Block.Pointer, between.Block.Pointer);
        return Answers(questions, step, work.Read<byte>(output.Block, OutputBytes(step)));
    }

    internal TokenStep Step(IReadOnlyList<TokenQuestion> questions, CardScores scores) => new(card, questions, scores.Vocabulary, _keep);

    /// <summary>Of what the last kernel gives.</summary>
    internal int OutputBytes(TokenStep step) => CandidateBytes * step.Items;

    /// <summary>Of what goes from one kernel to the next.</summary>
    internal int BytesBetween(TokenStep step) => (CandidateBytes + BeamNucleusArguments.KeptBytes) * step.Rows;

    /// <summary>Queues the kernels of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="type">Of the scores.</param>
    /// <param name="input">Where lies what it wrote.</param>
    /// <param name="output">Room for what comes of it.</param>
    /// <param name="between">Room for what goes from one kernel to the next.</param>
    internal void Launch(TokenStep step, LogitsType type, nint input, nint output, nint between)
    {
        var logits = step.Logits(input, type);
        var (topP, topK) = card.Sample ? ((double)card.TopP, card.TopK ?? 0) : (0, 0);
        if (card.Beams == 1)
        {
            work.Launch(new SampleTokensArguments(logits, input + step.Randoms, output, topP, topK));
            return;
        }
        var beams = output + sizeof(double) * step.Items * _keep;
        var ids = beams + sizeof(int) * step.Items * _keep;
        if (card.Sample)
        {
            work.Launch(new BeamNucleusArguments(logits, between, topP, topK, card.LeastKept));
            work.Launch(new BeamDrawsArguments(logits, input + step.FirstRows, between, input + step.Sums, input + step.Randoms,
                beams, ids, output, card.Temperature, step.Items, _keep));
            return;
        }
        var idsBetween = between + sizeof(double) * step.Rows * _keep;
        work.Launch(new BeamCandidatesArguments(logits, input + step.Sums, idsBetween, between, _keep));
        work.Launch(new BeamMergeArguments(input + step.FirstRows, idsBetween, between, beams, ids, output, step.Items, _keep));
    }

    /// <summary>What a step's output says.</summary>
    internal TokenAnswer[] Answers(IReadOnlyList<TokenQuestion> questions, TokenStep step, byte[] output) =>
        [.. questions.Select((question, item) => Answer(question, step.Made, card.Beams == 1 ? Chosen(output, item) : Candidates(output, item, step.Items)))];

    private static List<Candidate> Chosen(byte[] output, int item) =>
        MemoryMarshal.Cast<byte, int>(output)[item] is var id and >= 0 ? [new(0, id, 0)] : [];

    // Those of one item, without places that nothing was left for.
    private List<Candidate> Candidates(byte[] output, int item, int items)
    {
        var scores = MemoryMarshal.Cast<byte, double>(output)[..(items * _keep)];
        var beams = MemoryMarshal.Cast<byte, int>(output.AsSpan(sizeof(double) * items * _keep));
        var ids = beams[(items * _keep)..];
        var found = new List<Candidate>(_keep);
        for (var i = item * _keep; i < (item + 1) * _keep && double.IsFinite(scores[i]); i++)
            found.Add(new(beams[i], ids[i], (float)scores[i]));
        return found;
    }

    private TokenAnswer Answer(TokenQuestion question, int made, List<Candidate> found)
    {
        if (found.Count == 0)
            return TokenAnswer.Failed($"found one that is no finite number, or none that is, among the scores of token {made + 1}, expected finite numbers");
        // The draw that finds nothing left counts, too.
        question.Draws.Pass(card.Sample ? Math.Min(_keep, found.Count + 1) : 0);
        return new(found, null);
    }
}
