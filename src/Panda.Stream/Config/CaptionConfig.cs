using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Config;

public sealed record CaptionConfig
{
    // An image teacher, a video teacher and one that also reads the text: together they see what each alone does not.
    [Description("Models that each propose a caption for every clip: folders below models whose card says kind: teacher.")]
    [Length(1, int.MaxValue)]
    public IReadOnlyList<string> Teachers { get; init; } = 
    [
        "mini-blip2-opt-a", "mini-blip2-opt-b", "mini-blip2-t5", "mini-minigpt4", "mini-videochat", "mini-videochat-text",
        "mini-video-llama-pretrain", "mini-video-llama-finetune",
    ];

    [Description("How clips are gathered for each teacher.")]
    public BatchConfig Batch { get; init; } = new();
}
