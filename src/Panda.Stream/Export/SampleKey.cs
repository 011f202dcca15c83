using System.Security.Cryptography;
using System.Text;

namespace Panda.Stream.Export;

/// <summary>Names of files for ids, which may hold anything that a file name may.</summary>
internal static class SampleKey
{
    private const int Longest = 80;

    /// <summary>
    /// The id where it is of letters of ASCII, digits, - and _; else these of it and a hash of the whole. WebDataset takes what follows the
    /// first dot for the kind of a file, and file systems differ in the rest.
    /// </summary>
    internal static string Of(string id)
    {
        var safe = string.Concat(id.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '_'));
        return safe == id && id.Length is > 0 and <= Longest ? id
            : $"{safe[..Math.Min(safe.Length, Longest - 9)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..8]}";
    }
}
