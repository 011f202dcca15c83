using Panda.Stream.Native.Cuda;
using Panda.Stream.Perf;
using Panda.Stream.Perf.Kernels;
using Panda.Stream.Perf.Zoo;
using Panda.Stream.Videos;

try
{
    return args switch
    {
        ["pipeline", .. var rest] => await PipelineCase.RunAsync(rest),
        ["memory", .. var rest] => await MemoryCase.RunAsync(rest),
        ["split", not "--help", ..] => await SplitCase.RunAsync(args[1..]),
        ["generate", .. var rest] => GenerateCase.Run(rest),
        ["devices"] => await DevicesCase.RunAsync(),
        ["kernels", .. var rest] when rest is [] or ["--json"] => KernelsCase.Run(asJson: rest is ["--json"]),
        ["zoo", .. var rest] when rest is [] or ["--json"] => ZooCase.Run(asJson: rest is ["--json"]),
        ["zoo", "--judge", var folder] => ZooCase.Judge(folder),
        _ => Usage(),
    };
}
catch (Exception refused) when (refused is VideoException or ArgumentException or CudaException)
{
    Console.Error.WriteLine($"panda: {refused.Message}");
    return 2;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: ./panda perf pipeline [VIDEO|FOLDER ...]
                 decode alone, splitting and the whole run over the same videos (the samples), interleaved in one process, as ratios
               ./panda perf split VIDEO|FOLDER ... [--threads N] [--at-once N] [--json]
                 decode alone, + content score, + kept frames, + everything; beside PySceneDetect where python3 has it. Each video as often
                 at once as there are cores for (--at-once), on one decoder thread each (--threads), as a run does with many videos
               ./panda perf generate [MODEL ...]
                 tokens a second of writing texts, beside a bare loop over the same sessions
               ./panda perf devices
                 throughput of 1 to 8 simulated devices, each with a fixed time for a batch, against that of one
               ./panda perf kernels [--json]
                 bandwidth of the kernels on the first card beside a copy of as many bytes, after their answers were held against the twins';
                 without a card that of the twins on the CPU beside memcpy
               ./panda perf memory [--minutes N] [CASE]
                 peak memory of whole runs against resources.memory, each in a process of its own: an hour of video (or N minutes), a
                 teacher 100 times slower than the rest, 200 files of a second, one of 8K among small ones; needs the ffmpeg program
               ./panda perf zoo [--json | --judge DIR]
                 how good the captions of the repository's models are on models/heldout, by the truth of the world that it was rendered
                 from: each teacher, all jointly, the pool, what the matcher chooses before and after finetuning, the student; with --judge, the same judge's
                 verdicts on the candidates of a result, as lines for models select --good and for calibrate
               ./panda perf micro [FILTER]
                 the parts of the content score and the small frames alone: plain code against each width of vector
        """);
    return 2;
}
