using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Panda.Stream.Shards.Ledger;

/// <summary>Rows as the ledger keeps them until they lie in a full shard: JSON from which the very same row comes back, to the last bit of every number.</summary>
internal static class RowText
{
    private static readonly JsonSerializerOptions Json = new()
    {
        // Features may hold what JSON's numbers cannot.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectRequiredConstructorParameters = true,
    };

    internal static string Of<T>(T value) => JsonSerializer.Serialize(value, Json);

    internal static T To<T>(string text) =>
        JsonSerializer.Deserialize<T>(text, Json) ?? throw new InvalidDataException($"ledger: found null, expected a {typeof(T).Name}");
}
