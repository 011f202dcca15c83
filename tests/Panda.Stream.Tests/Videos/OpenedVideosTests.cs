using Panda.Stream.Tests.Support;
using Panda.Stream.Videos;

namespace Panda.Stream.Tests.Videos;

public sealed class OpenedVideosTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_video_is_blamed_for_one_crash_and_stays_set_aside()
    {
        OpenedVideos.New(_folder.Path).Add("a");
        Assert.Equal(["a"], AfterCrash()!.Crashed.Keys);
        Assert.Null(AfterCrash()); // it died again and had opened none

        OpenedVideos.New(_folder.Path).Add("a");
        AfterCrash()!.Add("b");
        Assert.Equal(["a", "b"], AfterCrash()!.Crashed.Keys);
    }

    [Fact]
    public void Videos_are_suspected_for_one_crash()
    {
        var opened = OpenedVideos.New(_folder.Path);
        opened.Add("a");
        opened.Add("b");
        Assert.Equal(["a", "b"], AfterCrash()!.Suspects);
        Assert.Null(AfterCrash());
    }

    [Fact]
    public void Nobody_is_blamed_where_that_cannot_be_written()
    {
        OpenedVideos.New(_folder.Path).Add("a");
        Directory.CreateDirectory(_folder.File(OpenedVideos.FileName + ".tmp"));
        Assert.Null(AfterCrash());
    }

    private OpenedVideos? AfterCrash() => OpenedVideos.AfterCrash(_folder.Path, "SIGBUS");
}
