using System.Runtime.InteropServices;

namespace Panda.Stream.Native.FFmpeg;

/// <summary>The four libav libraries as one engine: loaded once, their major versions compared, their log taken over.</summary>
public static class Libav
{
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Loads the libraries if that is still to do.</summary>
    /// <exception cref="NativeLibraryException">A library is missing, is another, or has another major version than the struct offsets hold for.</exception>
    /// <returns>The versions found, in words.</returns>
    public static string Require() => Loaded.Value;

    /// <summary>Kinds of devices that libavutil was built to decode on, by their names in FFmpeg, such as cuda; none says that there is one.</summary>
    public static IReadOnlyList<string> HardwareTypes
    {
        get
        {
            Require();
            var names = new List<string>();
            for (var type = AvUtil.av_hwdevice_iterate_types(0); type != 0; type = AvUtil.av_hwdevice_iterate_types(type))
                names.Add(Marshal.PtrToStringUTF8(AvUtil.av_hwdevice_get_type_name(type))!);
            return names;
        }
    }

    private static string Load()
    {
        (string Name, int Wanted, uint Found)[] libraries =
        [
            ("libavutil", 57, Ask(NativeLibraries.AvUtil, AvUtil.avutil_version)),
            ("libavcodec", 59, Ask(NativeLibraries.AvCodec, AvCodec.avcodec_version)),
            ("libavformat", 59, Ask(NativeLibraries.AvFormat, AvFormat.avformat_version)),
            ("libswscale", 6, Ask(NativeLibraries.SwScale, SwScale.swscale_version)),
        ];
        foreach (var (name, wanted, found) in libraries)
            CheckMajor(name, wanted, found);
        LibavLog.TakeOver();
        AvUtil.av_max_alloc(LibavLimits.BlockBytes);
        return string.Join(", ", libraries.Select(library => $"{library.Name} {VersionText(library.Found)}"));
    }

    private static uint Ask(string importName, Func<uint> version)
    {
        try
        {
            return version();
        }
        catch (EntryPointNotFoundException)
        {
            var library = NativeLibraries.All.Single(known => known.ImportName == importName);
            throw new NativeLibraryException($"{importName}: found {NativeLoader.PathOf(library)}, a library without {importName}_version, expected {library.Wanted}. To mend it: {library.Instead}.");
        }
    }

    /// <summary>Refuses a library of another major version, whose structs may be laid out otherwise.</summary>
    /// <param name="found">As the library's <c>*_version()</c> packs it: major, minor, micro in 16, 8 and 8 bits.</param>
    public static void CheckMajor(string name, int wanted, uint found)
    {
        if (found >> 16 != wanted)
            throw new NativeLibraryException(
                $"{name}: found version {VersionText(found)}, expected major version {wanted} (FFmpeg 5.1), the one whose structs are bound here.");
    }

    private static string VersionText(uint version) => $"{version >> 16}.{(version >> 8) & 255}.{version & 255}";
}
