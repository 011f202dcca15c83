using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Cli;

/// <summary>models and models check as a user calls them.</summary>
public class ModelsCommandTests
{
    [Fact]
    public async Task The_list_names_files_to_be_supplied_and_sessions_that_are_shared()
    {
        var (code, output, _) = await PandaProcess.RunAsync("models", "--models", Repository.File("models/cards"));
        Assert.Equal(0, code);
        Assert.Matches(@"umt-l16 +matcher +7 files +0\.0 MB  Unmasked Teacher; 12 frames \(middle_interval\), 224x224, captions", output);
        Assert.Contains("    to be supplied: vision.onnx, vision.onnx.data, text.onnx, text.onnx.data, fusion.onnx, fusion.onnx.data, tokenizer.json", output);
        Assert.Contains("    shares blip2-qformer with minigpt4-7b, panda70m-student, video-llama-finetune", output);
    }

    [Fact]
    public async Task A_check_prints_shapes_times_and_what_a_clip_gives()
    {
        var (code, output, _) = await PandaProcess.RunAsync("models", "check", "mini-blip2-opt-a", "mini-umt", "layout", "mini-lpips");
        Assert.Equal(0, code);
        Assert.Matches(@"eye: [\d.]+ ms\r?\n    <- pixel_values: Float32 \[2, 3, 64, 112\]\r?\n    -> image_embeds: Float32 \[2, 28, 128\]", output);
        Assert.Matches(@"decoder: [\d.]+ ms, then \d+ calls of [\d.]+ ms", output);
        Assert.Equal(4, output.Split("  gives: ").Length - 1);
    }

    [Fact]
    public async Task A_model_that_cannot_be_used_is_refused_with_every_mistake()
    {
        var (code, _, error) = await PandaProcess.RunAsync("models", "check", "--models", Repository.File("models/cards"), "lpips-alex");
        Assert.Equal(2, code);
        Assert.Contains("error PS109: sessions.features.file: found no file 'features.onnx'", error);
        (code, var output, error) = await PandaProcess.RunAsync("models", "check", "mini-lipps", "layout", "nor-such");
        Assert.Equal(2, code);
        Assert.Matches(@"found no model 'mini-lipps' in '.*'; did you mean 'mini-lpips'\?", error);
        Assert.Matches(@"found no model 'nor-such' in '.*', expected one of layout, ", error);
        Assert.Contains("  gives: ", output);
        Assert.Contains("found no folder 'nowhere'", (await PandaProcess.RunAsync("models", "--models", "nowhere")).Error);
    }
}
