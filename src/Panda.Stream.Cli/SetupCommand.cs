using System.CommandLine;
using Panda.Stream.Config;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Cli;

/// <summary><c>setup</c>: fetches what only some machines need.</summary>
internal static class SetupCommand
{
    private static readonly NativeLibraryDescription Library = NativeLibraries.All.Single(known => known.ImportName == NativeLibraries.OnnxRuntime);

    public static Command Create()
    {
        var cuda = new Option<bool>("--cuda") { Description = $"ONNX Runtime for NVIDIA's cards: NuGet's {CudaPackage.Name}, from the sources that dotnet is set up for.", Required = true };
        var command = new Command("setup", "Fetches what only some machines need, and looks whether it works.") { cuda };
        command.SetAction(async (parsed, stop) => parsed.GetValue(cuda) ? await CudaAsync(stop)
            : CommonOptions.Refuse("setup: found nothing to fetch, expected --cuda"));
        return command;
    }

    private static async Task<int> CudaAsync(CancellationToken stop)
    {
        var package = new CudaPackage(Path.Combine(PandaHome.Folder, ".panda", "cuda"));
        if (package.Missing.Count > 0 && await package.FetchAsync(stop).ConfigureAwait(false) is { } refused)
        {
            Console.Error.WriteLine($"""
                panda: {CudaPackage.Name} {NativeLibraries.OnnxRuntimeVersion} could not be fetched: {refused}
                panda: without it, put {string.Join(", ", package.Missing)} of that version (in the package under {CudaPackage.Inside}) into {package.Folder}, and call ./panda setup --cuda again, which looks whether they work
                """);
            return CommonOptions.Failed;
        }
        // As the launcher sets it from now on.
        Environment.SetEnvironmentVariable(Library.EnvironmentVariable, package.Library);
        try
        {
            if (OnnxEnvironment.Version != NativeLibraries.OnnxRuntimeVersion)
                return Refuse(package, $"found ONNX Runtime {OnnxEnvironment.Version}, expected {NativeLibraries.OnnxRuntimeVersion}; delete the folder, and the next call fetches it anew");
            if (CudaProvider.Lacks() is { } lacks)
                return Refuse(package, lacks);
        }
        catch (NativeLibraryException unfit)
        {
            return Refuse(package, unfit.Message);
        }
        Console.Out.WriteLine($"ONNX Runtime {OnnxEnvironment.Version} with {CudaProvider.Name} is in {package.Folder}, and ./panda uses it from now on; ./panda devices shows the cards");
        return CommonOptions.Ok;
    }

    private static int Refuse(CudaPackage package, string why)
    {
        Console.Error.WriteLine($"panda: what is in {package.Folder} does not work yet: {why}");
        return CommonOptions.Failed;
    }
}
