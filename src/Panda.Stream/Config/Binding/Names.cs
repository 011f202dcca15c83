using System.Text.Json;

namespace Panda.Stream.Config.Binding;

/// <summary>Names of properties and enum members as files write them: snake_case.</summary>
internal static class Names
{
    public static string Of(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
