using System.Reflection;

namespace Panda.Stream;

/// <summary>The version of this engine, as results record it.</summary>
public static class EngineVersion
{
    public static string Text { get; } =
        typeof(EngineVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
