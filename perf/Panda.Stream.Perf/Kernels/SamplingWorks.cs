using Panda.Stream.Kernels;
using Panda.Stream.Models.Generation;
using Panda.Stream.Native.Cuda;

namespace Panda.Stream.Perf.Kernels;

/// <summary>One step of writing texts, from the scores on.</summary>
internal sealed class PickWork : KernelWork
{
    private readonly GenerationCard _card;
    private readonly string _size;
    private readonly int _vocabulary, _items, _rows;
    private readonly float[][] _scores;
    private readonly HostTokenPicker _twin;
    private TokenAnswer[] _answers = [];
    private CudaTokenPicker _picker = null!;
    private TokenStep _step = null!;
    private CudaMemory _input = null!, _output = null!, _between = null!;

    public PickWork(GenerationCard card, int vocabulary, int items)
    {
        (_card, _vocabulary, _items, _rows, _twin) = (card, vocabulary, items, items * card.Beams, new(card));
        _size = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{items} texts{(card.Beams > 1 ? $" x {card.Beams} beams" : "")}, {vocabulary} tokens, {(card.Sample ? $"top-p {card.TopP}" : "the likeliest")}{(card.Repetition == 1 ? "" : $", repetition {card.Repetition}")}");
        var random = new Random(1);
        _scores = [.. Enumerable.Range(0, _rows).Select(_ => Numbers(random, vocabulary, -8, 8))];
    }

    public override string Kernel => (_card.Beams > 1, _card.Sample) switch
    {
        (false, _) => "sample_tokens",
        (true, false) => "beam_candidates, beam_merge",
        (true, true) => "beam_nucleus, beam_draws",
    };

    public override string Size => _size;

    public override long Bytes => sizeof(float) * (long)_vocabulary * _rows;

    public override void Run() => _answers = _twin.Pick(Questions(), row => _scores[row]);

    public override void Put(Card card)
    {
        var rows = _scores.Select(scores => card.Put(scores).Pointer).ToArray();
        var scores = new CardScores(row => rows[row], _vocabulary);
        _picker = new(card.Work, _card);
        _step = _picker.Step(Questions(), scores);
        _input = card.Put(_step.Write(scores));
        (_output, _between) = (card.Room(_picker.OutputBytes(_step)), card.Room(_picker.BytesBetween(_step)));
    }

    public override void Queue(Card card) => _picker.Launch(_step, LogitsType.Float32, _input.Pointer, _output.Pointer, _between.Pointer);

    public override void Check(Card card)
    {
        Run();
        var found = _picker.Answers(Questions(), _step, card.Read<byte>(_output, _picker.OutputBytes(_step)));
        Require(Tokens(found).SequenceEqual(Tokens(_answers)), "tokens");
    }

    private static IEnumerable<(int Row, int Token)> Tokens(TokenAnswer[] answers) => answers.SelectMany(answer => answer.Candidates).Select(candidate => (candidate.Row, candidate.Token));

    // Each with a text of twenty tokens so far, and the same random numbers whenever it is asked.
    private TokenQuestion[] Questions() =>
        [.. Enumerable.Range(0, _items).Select(item => new TokenQuestion([], [.. Enumerable.Range(0, _card.Beams).Select(beam => new OpenText(-beam, [.. Enumerable.Range(0, 20).Select(i => (i * 37 + item) % _vocabulary)]))], new($"{item}")))];
}
