using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace Panda.Stream.Native;

/// <summary>A native engine could not be loaded; the message names every path that was tried and the version wanted.</summary>
/// <param name="what">What was found and expected.</param>
/// <param name="details">Where it was looked for and how to mend it.</param>
public sealed class NativeLibraryException(string what, string? details = null) : Exception(details is null ? what : $"{what} {details}")
{
    private readonly string _short = details is null ? what : $"{what} (./panda devices tells more)";

    /// <summary>An error's message in one line, for a line among others.</summary>
    public static string OneLine(Exception error) => error is NativeLibraryException missing ? missing._short : error.Message.ReplaceLineEndings(" ");
}

/// <summary>Finds the native engines: the file an environment variable names, then <c>runtimes/linux-x64/native</c> beside the program, then the system's.</summary>
public static class NativeLoader
{
    private static readonly ConcurrentDictionary<string, (nint Handle, string Path)> Handles = new();

#pragma warning disable CA2255 // The resolvers must stand before the first import is called.
    [ModuleInitializer]
    internal static void Register()
    {
        NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, Resolve);
        OrtEnv.DisableDllImportResolver = true; // it knows of no variable, and does not say what it tried
        NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, Resolve);
    }
#pragma warning restore CA2255

    /// <summary>The handle of an engine of <see cref="NativeLibraries"/>, loaded at the first call.</summary>
    /// <exception cref="NativeLibraryException">None of the paths could be loaded.</exception>
    public static nint Load(NativeLibraryDescription library)
    {
        ArgumentNullException.ThrowIfNull(library);
        return Handles.GetOrAdd(library.ImportName, _ => LoadFirst(library)).Handle;
    }

    /// <summary>The file that <see cref="Load"/> has found: a path, or a bare name where the system's search found it.</summary>
    /// <exception cref="NativeLibraryException">None of the paths could be loaded.</exception>
    public static string PathOf(NativeLibraryDescription library)
    {
        Load(library);
        return Handles[library.ImportName].Path;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        var library = NativeLibraries.All.FirstOrDefault(known => known.ImportName == name);
        return library is null ? 0 : Load(library);
    }

    private static (nint Handle, string Path) LoadFirst(NativeLibraryDescription library)
    {
        var tried = new StringBuilder();
        var named = Named(library);
        foreach (var path in Candidates(library, named))
        {
            if (ElfFile.CutShort(path) is { } cut)
            {
                tried.Append("\n  ").Append(path).Append(": ").Append(cut);
                continue;
            }
            // dlopen's own words ("cannot open shared object file", a missing symbol, a wrong architecture) say most.
            try
            {
                return (NativeLibrary.Load(path), path);
            }
            catch (Exception reason) when (reason is DllNotFoundException or BadImageFormatException)
            {
                tried.Append("\n  ").Append(path).Append(": ").Append(DlopenReason(reason.Message, path));
            }
        }
        throw new NativeLibraryException(
            $"{library.ImportName}: found no loadable file, expected {library.Wanted}.",
            $"Tried:{tried}\nTo mend it: {(named is null ? $"{library.Install}; or set {library.EnvironmentVariable} to the file" : library.Instead)}.");
    }

    private static string? Named(NativeLibraryDescription library) => Environment.GetEnvironmentVariable(library.EnvironmentVariable) is { Length: > 0 } named ? named : null;

    private static IEnumerable<string> Candidates(NativeLibraryDescription library, string? named)
    {
        if (named is not null)
        {
            yield return named;
            yield break;
        }
        foreach (var file in library.FileNames)
            yield return Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", file);
        foreach (var file in library.FileNames)
            yield return file;
    }

    // .NET puts a paragraph of advice first and dlopen's answers on the lines after it.
    private static string DlopenReason(string message, string path)
    {
        var lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var reason = lines.Length > 1 ? lines[1] : lines[0];
        return reason.StartsWith($"{path}: ", StringComparison.Ordinal) ? reason[(path.Length + 2)..] : reason;
    }
}
