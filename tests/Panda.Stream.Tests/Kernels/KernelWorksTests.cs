using Panda.Stream.Models.Pictures;
using Panda.Stream.Perf.Kernels;
using Panda.Stream.Tests.Cuda;

namespace Panda.Stream.Tests.Kernels;

/// <summary>What <c>./panda perf kernels</c> does on a card, at small sizes.</summary>
public class KernelWorksTests
{
    private static readonly Func<KernelWork>[] Works =
    [
        () => new ContentScoreWork(320, 180, 19),
        () => new HistogramWork(320, 180, 3),
        () => new AreaFrameWork(320, 180, 112, 64, 3),
        () => new SmallFramesWork(64, 50, 28, PictureResize.Crop, PictureFilter.Bicubic, 2, kept: true, half: true),
        () => new SmallFramesWork(320, 180, 56, PictureResize.Crop, PictureFilter.Bicubic, 2),
        () => new SmallFramesWork(100, 56, 28, PictureResize.Squash, PictureFilter.Bilinear, 2, kept: true),
        () => new LpipsWork(64, 3),
        () => new EmbeddingPairsWork(64, 5),
        () => new EmbeddingMeansWork(64, 6, 3),
        () => new EmbeddingMatrixWork(64, 3, 20),
        () => new PickWork(new() { MaxNew = 9, Eos = [2], Repetition = 1.5f }, 500, 3),
        () => new PickWork(new() { MaxNew = 9, Eos = [2], Beams = 3 }, 500, 2),
        () => new PickWork(new() { MaxNew = 9, Eos = [2], Beams = 3, Sample = true, TopP = 0.9f }, 500, 2),
    ];

    [Fact]
    public void Every_work_gives_the_twins_answer_and_is_timed()
    {
        using var fake = new FakeDriver();
        var driver = fake.Load();
        using (var card = new Card(driver, driver.Devices[0]))
            foreach (var make in Works)
            {
                var work = make();
                work.Put(card);
                Assert.Throws<InvalidDataException>(() => work.Check(card)); // before it ran
                work.Queue(card);
                work.Check(card);
                Assert.True(card.Time(() => { }, () => work.Queue(card)) > 0);
                Assert.InRange(work.Bytes, 1, 1 << 24);
                card.Clear();
            }
        Assert.Equal(0, fake.Live);
    }
}
