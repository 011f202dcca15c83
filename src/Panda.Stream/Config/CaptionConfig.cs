using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Config;

/// <summary>Who writes captions.</summary>
public enum CaptionSource
{
    /// <summary>Every teacher proposes one for each clip.</summary>
    Teachers,

    /// <summary>One model that was trained on chosen captions.</summary>
    Student,
}

public sealed record CaptionConfig
{
    // The paper's eight, in small form: together they see what each alone does not.
    [Description("Models that each propose a caption for every clip: folders below models whose card says kind: teacher.")]
    [Length(1, int.MaxValue)]
    public IReadOnlyList<string> Teachers { get; init; } =
    [
        "mini-blip2-opt-a", "mini-blip2-opt-b", "mini-blip2-t5", "mini-minigpt4", "mini-videochat", "mini-videochat-text",
        "mini-video-llama-pretrain", "mini-video-llama-finetune",
    ];

    [Description("The model that captions every clip where captioning is student; its card says kind: teacher too.")]
    [Length(1, int.MaxValue)]
    public string Student { get; init; } = "mini-student";

    // Of a teacher that fails on nine clips of ten one in eight is given up by mistake; on two of three, one in 3000.
    [Description("A teacher that fails on so many clips and has not answered once is not asked again in the run. none: it is asked about every clip.")]
    [NullIs("none"), Range(1, 1_000_000)]
    public int? GiveUpAfter { get; init; } = 20;

    [Description("How clips are gathered for each teacher.")]
    public BatchConfig Batch { get; init; } = new();
}
