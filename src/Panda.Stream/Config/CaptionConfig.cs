using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Config;

public sealed record CaptionConfig
{
    // An image teacher, a video teacher and one that also reads the text: together they see what each alone does not.
    [Description("Models that each propose a caption for every clip: folders below models whose card says kind: teacher.")]
    [Length(1, int.MaxValue)]
    public IReadOnlyList<string> Teachers { get; init; } = ["mini-blip2", "mini-video-llama", "mini-minigpt4"];

    [Description("How clips are gathered for each teacher.")]
    public BatchConfig Batch { get; init; } = new();
}
