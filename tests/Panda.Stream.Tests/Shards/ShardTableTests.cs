using Panda.Stream.Shards;

namespace Panda.Stream.Tests.Shards;

public class ShardTableTests
{
    [Fact]
    public void The_columns_of_a_clip_are_the_promised_ones() => Assert.Equal(
        [
            "clip_id", "video_id", "source", "start_frame", "end_frame", "start_s", "end_s", "start_pts", "end_pts", "time_base", "timestamp",
            "fps", "width", "height", "caption", "caption_teacher", "matching_score", "candidates", "title", "description", "subtitles",
            "inside_distance", "motion_distance", "max_running_lpips", "damaged_frames", "embedder", "matcher", "teachers", "names_replaced",
        ],
        ShardTables.Clips.Columns.Select(column => column.Name));

    [Fact]
    public void Columns_are_documented_as_a_table()
    {
        var lines = ShardTables.Segments.ToMarkdown().TrimEnd().Split('\n');
        Assert.Equal(ShardTables.Segments.Columns.Count + 2, lines.Length);
        Assert.Contains("| `first_feature` | `LIST<FLOAT>` | unit length | Embedding of first_probe; null when it could not be made. |", lines);
        Assert.All(lines, line => Assert.Equal(5, line.Count(letter => letter == '|')));
    }
}
