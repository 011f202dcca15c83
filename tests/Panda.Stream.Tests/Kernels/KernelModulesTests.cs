using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Panda.Stream.Kernels;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Kernels;

public class KernelModulesTests
{
    private static string Folder => Repository.File("kernels");

    [Fact]
    public void Every_source_has_its_module() =>
        Assert.Equal(Directory.GetFiles(Folder, "*.cu").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal), KernelModules.Names);

    [Fact]
    public void Modules_were_made_from_the_sources_as_they_are()
    {
        foreach (var module in KernelModules.Names)
        {
            // What build.sh hashes: the headers in order, then the source.
            byte[] sources = [.. Directory.GetFiles(Folder, "*.h").Order(StringComparer.Ordinal).Append(Path.Combine(Folder, module + ".cu")).SelectMany(File.ReadAllBytes)];
            Assert.True(KernelModules.Ptx(module).StartsWith($"// source {Convert.ToHexStringLower(SHA256.HashData(sources))} clang "),
                $"kernels/ptx/{module}.ptx was made from other sources: run kernels/build.sh");
        }
    }

    [Fact]
    public void Modules_hold_the_kernels_that_are_launched()
    {
        foreach (var type in typeof(KernelModules).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IKernelArguments))))
        {
            string Static(string property) => $"{type.GetProperty(property)!.GetValue(null)}";
            var entry = Regex.Match(KernelModules.Ptx(Static("Module")), $@"\.visible \.entry {Static("Kernel")}\([^{{]*{{", RegexOptions.Singleline).Value;
            Assert.Contains($".maxntid {Static("Threads")}", entry);
            Assert.Matches($@"\[{System.Runtime.InteropServices.Marshal.SizeOf(type)}\]", entry);
        }
    }

    [Fact]
    public void Local_memory_is_not_used()
    {
        // A structure or array that the compiler could not keep in registers would go through memory on each access.
        Assert.All(KernelModules.Names, module => Assert.DoesNotContain(".local", KernelModules.Ptx(module)));
    }

    [Fact]
    public void A_block_has_no_more_shared_memory_than_any_card_gives_without_asking()
    {
        const int Most = 48 << 10;
        foreach (var module in KernelModules.Names)
        {
            var ptx = KernelModules.Ptx(module);
            var variables = Regex.Matches(ptx, @"\.shared \.align \d+ \.[a-z](\d+) ([^\s\[;]+)(?:\[(\d+)\])?;")
                .Select(found => (Name: found.Groups[2].Value, Bytes: int.Parse(found.Groups[1].Value) / 8 * (found.Groups[3].Success ? int.Parse(found.Groups[3].Value) : 1))).ToArray();
            foreach (var entry in ptx.Split(".visible .entry ").Skip(1))
            {
                var bytes = variables.Where(variable => Regex.IsMatch(entry, Regex.Escape(variable.Name) + @"[^\w$]")).Sum(variable => variable.Bytes);
                Assert.True(bytes <= Most, $"{module}, {entry[..entry.IndexOf('(')]}: found {bytes} bytes, expected at most {Most}");
            }
        }
    }

    [Fact]
    public void NVIDIAs_assembler_takes_the_modules()
    {
        Assert.SkipWhen(ShimLibrary.TryRun("ptxas", ["--version"]) is null, "found no ptxas (Debian: nvidia-cuda-toolkit, non-free): whether it takes the PTX is not checked");
        using var folder = new TemporaryFolder();
        foreach (var (module, card) in KernelModules.Names.SelectMany(module => new[] { (module, "sm_80"), (module, "sm_90") }))
        {
            var assembled = ShimLibrary.TryRun("ptxas", [$"-arch={card}", folder.Write($"{module}.ptx", KernelModules.Ptx(module)), "-o", folder.File("out")])!.Value;
            Assert.True(assembled.ExitCode == 0, assembled.Output);
        }
    }

    [Fact]
    public void The_compiler_makes_the_same_modules_again()
    {
        var version = Regex.Match(KernelModules.Ptx(KernelModules.Names[0]), @"clang (\S+)").Groups[1].Value;
        var found = ShimLibrary.TryRun("clang++-19", ["-dumpversion"])?.Output.Trim();
        Assert.SkipUnless(found == version, $"found {(found is null ? "no clang++-19" : $"clang {found}")}, by which the modules were made: {version}");
        using var folder = new TemporaryFolder();
        var build = ShimLibrary.TryRun("bash", [Path.Combine(Folder, "build.sh"), folder.Path])!.Value;
        Assert.True(build.ExitCode == 0, build.Output);
        foreach (var module in KernelModules.Names)
            Assert.True(File.ReadAllText(folder.File(module + ".ptx")) == KernelModules.Ptx(module), $"kernels/ptx/{module}.ptx differs from what its source gives: run kernels/build.sh");
    }
}
