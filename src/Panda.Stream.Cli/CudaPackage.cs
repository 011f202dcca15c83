using System.Diagnostics;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Cli;

/// <summary>The build of ONNX Runtime for cards, as NuGet has it and as the launcher finds it in a folder.</summary>
internal sealed class CudaPackage(string folder)
{
    public const string Name = "Microsoft.ML.OnnxRuntime.Gpu.Linux", Inside = "runtimes/linux-x64/native";

    // The package's name for it, and the one by which its parts know it.
    private const string PackagedLibrary = "libonnxruntime.so", LoadedLibrary = "libonnxruntime.so.1";

    // It is downloaded, but nothing is built with it.
    private static readonly string Project = $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
            <NuGetAudit>false</NuGetAudit>
            <RestorePackagesPath>packages</RestorePackagesPath>
          </PropertyGroup>
          <ItemGroup>
            <PackageDownload Include="{Name}" Version="[{NativeLibraries.OnnxRuntimeVersion}]" />
          </ItemGroup>
        </Project>
        """;

    public string Folder { get; } = folder;

    public string Library => Path.Combine(Folder, LoadedLibrary);

    /// <summary>The files that are not there yet.</summary>
    public IReadOnlyList<string> Missing => [.. CudaProvider.Files.Prepend(LoadedLibrary).Where(file => !File.Exists(Path.Combine(Folder, file)))];

    /// <summary>Gets the files that are missing.</summary>
    /// <returns>Why that was not possible; null when it was.</returns>
    public async Task<string?> FetchAsync(CancellationToken stop)
    {
        Console.Error.WriteLine($"panda: fetching {Name} {NativeLibraries.OnnxRuntimeVersion}, some hundred megabytes");
        var work = Directory.CreateDirectory(Folder + ".package").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(work, "package.csproj"), Project, stop).ConfigureAwait(false);
            if (await RestoreAsync(work, stop).ConfigureAwait(false) is { } refused)
                return refused;
            var unpacked = Path.Combine(work, "packages", Name.ToLowerInvariant(), NativeLibraries.OnnxRuntimeVersion, Inside);
            Directory.CreateDirectory(Folder);
            foreach (var file in Missing)
            {
                var source = Path.Combine(unpacked, file == LoadedLibrary ? PackagedLibrary : file);
                if (!File.Exists(source))
                    return $"found no {Path.GetFileName(source)} in its {Inside}";
                File.Move(source, Path.Combine(Folder, file));
            }
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return error.Message;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<string?> RestoreAsync(string work, CancellationToken stop)
    {
        var start = new ProcessStartInfo("dotnet", ["restore", "package.csproj", "--nologo", "-v", "q"]) { WorkingDirectory = work, RedirectStandardOutput = true };
        using var restore = Process.Start(start)!;
        try
        {
            var output = await restore.StandardOutput.ReadToEndAsync(stop).ConfigureAwait(false);
            await restore.WaitForExitAsync(stop).ConfigureAwait(false);
            if (restore.ExitCode == 0)
                return null;
            // FILE : error NU1101: what it found [FILE]
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var error = lines.FirstOrDefault(line => line.Contains("error ", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? $"dotnet restore ended with code {restore.ExitCode}";
            error = error[Math.Max(0, error.IndexOf("error ", StringComparison.Ordinal))..];
            return error.LastIndexOf(" [", StringComparison.Ordinal) is > 0 and var end ? error[..end] : error;
        }
        finally
        {
            if (!restore.HasExited)
                restore.Kill(entireProcessTree: true);
        }
    }
}
