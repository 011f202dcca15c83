using System.Diagnostics;
using System.Reflection;
using Panda.Stream.Native;
using Panda.Stream.Native.FFmpeg;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Native;

public sealed class LibavLayoutTests
{
    [Fact]
    public void Offsets_and_constants_are_those_of_the_C_headers()
    {
        var ours = Constants(typeof(LibavLayout)).Concat(Constants(typeof(LibavConstants))).ToDictionary();
        var offsets = Constants(typeof(LibavLayout)).Select(constant => constant.Key.Split('_', 2) is [var type, var field]
            ? $"P({constant.Key}, offsetof({type}, {field}))" : "");
        var values = Constants(typeof(LibavConstants)).Select(constant =>
            $"P({constant.Key}, {(constant.Key is "AVERROR_EAGAIN" or "AVERROR_ENOMEM" ? $"AVERROR({constant.Key[8..]})" : constant.Key)})");

        var printed = RunC($$"""
            #include <stddef.h>
            #include <stdio.h>
            #include <libavformat/avformat.h>
            #include <libavcodec/avcodec.h>
            #include <libavutil/display.h>
            #define CUDA_VERSION 11000
            typedef void *CUcontext, *CUstream;
            #include <libavutil/hwcontext_cuda.h>
            #include <libswscale/swscale.h>
            #define P(name, value) printf(#name " %lld\n", (long long)(value));
            int main(void) {
            {{string.Join('\n', offsets.Concat(values))}}
            return 0; }
            """);

        var theirs = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')).ToDictionary(words => words[0], words => long.Parse(words[1]));
        Assert.Equal(ours.OrderBy(entry => entry.Key), theirs.OrderBy(entry => entry.Key));
    }

    [Fact]
    public void Another_major_version_is_refused_with_what_was_found_and_wanted()
    {
        var refusal = Assert.Throws<NativeLibraryException>(() => Libav.CheckMajor("libavcodec", 59, 60 << 16 | 3 << 8 | 100));
        Assert.Contains("found version 60.3.100, expected major version 59", refusal.Message);
    }

    [Fact]
    public void Versions_of_the_loaded_libraries_are_told() =>
        Assert.Matches(@"^libavutil 57\.\d+\.\d+, libavcodec 59\.\d+\.\d+, libavformat 59\.\d+\.\d+, libswscale 6\.\d+\.\d+$", Libav.Require());

    [Fact]
    public void Return_codes_read_as_libav_words_them() =>
        Assert.Equal("End of file", LibavError.Text(LibavConstants.AVERROR_EOF));

    private static IEnumerable<KeyValuePair<string, long>> Constants(Type type) =>
        type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => KeyValuePair.Create(field.Name, Convert.ToInt64(field.GetRawConstantValue())));

    private static string RunC(string program)
    {
        using var folder = new TemporaryFolder();
        var source = folder.Write("layout.c", program);
        var (compiled, complaints) = Run("cc", source, "-o", folder.File("layout"));
        Assert.SkipWhen(compiled is null, "needs a C compiler named cc");
        Assert.SkipWhen(complaints.Contains("libav", StringComparison.Ordinal) && complaints.Contains("No such file", StringComparison.Ordinal),
            "needs the headers of libavformat-dev, libavcodec-dev, libavutil-dev and libswscale-dev");
        Assert.True(compiled == 0, complaints);
        return Run(folder.File("layout")).Output;
    }

    private static (int? ExitCode, string Output) Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd() + errors.Result;
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "");
        }
    }
}
