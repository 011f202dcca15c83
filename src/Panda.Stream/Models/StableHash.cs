using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Panda.Stream.Models;

/// <summary>Numbers drawn from names: the same on every machine and in every run, unlike string.GetHashCode.</summary>
public static class StableHash
{
    /// <summary>A number in [0, 1), evenly spread over names.</summary>
    public static double Unit(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return (BinaryPrimitives.ReadUInt64LittleEndian(hash) >> 11) * (1.0 / (1L << 53));
    }
}
