using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Panda.Stream.Micro;

// In this process: BenchmarkDotNet's usual way builds a project for each benchmark, for which it would have to restore packages.
var config = DefaultConfig.Instance
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile)
    .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "panda-micro"));
BenchmarkSwitcher.FromTypes([typeof(ScoreBenchmark), typeof(RowBenchmark), typeof(HsvBenchmark), typeof(SmallFrameBenchmark)])
    .Run(["--filter", args.Length == 0 ? "*" : $"*{args[0]}*"], config);
