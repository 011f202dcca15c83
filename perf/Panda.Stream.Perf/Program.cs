using Panda.Stream.Perf;

return args switch
{
    ["pipeline", .. var rest] => await PipelineCase.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        usage: ./panda perf pipeline [VIDEO|FOLDER ...]
          decode alone, splitting and the whole run over the same videos (the samples), interleaved in one process, as ratios
        """);
    return 2;
}
