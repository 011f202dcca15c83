using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Floats = System.Runtime.Intrinsics.Vector128<float>;
using Shorts = System.Runtime.Intrinsics.Vector128<short>;

namespace Panda.Stream.Vectors;

/// <summary>128 bits at once, which every machine can; where it has no vectors the runtime works it out lane by lane.</summary>
internal readonly struct Vectors128 : IVectors<Shorts, Floats>
{
    public static int Count => Shorts.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts All(short value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Load(ReadOnlySpan<short> source) => Vector128.Create(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Shorts value, Span<short> target) => value.CopyTo(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts LoadBytes(ReadOnlySpan<byte> source) => Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(source)).AsByte()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts LoadPairs(ReadOnlySpan<byte> source) => Vector128.Create(source).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts And(Shorts left, Shorts right) => left & right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Or(Shorts left, Shorts right) => left | right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Add(Shorts left, Shorts right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Subtract(Shorts left, Shorts right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Multiply(Shorts left, Shorts right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Min(Shorts left, Shorts right) => Vector128.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Max(Shorts left, Shorts right) => Vector128.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Equal(Shorts left, Shorts right) => Vector128.Equals(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Select(Shorts condition, Shorts then, Shorts otherwise) => Vector128.ConditionalSelect(condition, then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftLeft(Shorts value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftRight(Shorts value, int bits) => value >> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftRightUnsigned(Shorts value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts MultiplyHigh(Shorts left, Shorts right)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyHigh(left, right);
        var (lower, upper) = (Vector128.WidenLower(left) * Vector128.WidenLower(right), Vector128.WidenUpper(left) * Vector128.WidenUpper(right));
        return Vector128.Narrow(lower >> 16, upper >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ByteDistance(Shorts left, Shorts right) => (Vector128.Max(left.AsByte(), right.AsByte()) - Vector128.Min(left.AsByte(), right.AsByte())).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Shorts value) => Vector128.Sum((value.AsInt32() & Vector128.Create(0xFFFF)) + (value.AsInt32() >>> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftPairsLeft(Shorts value, int bits) => (value.AsInt32() << bits).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftPairsRightUnsigned(Shorts value, int bits) => (value.AsInt32() >>> bits).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts MultiplyAddPairs(Shorts left, Shorts right)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(left, right).AsInt16();
        var (first, second) = (left.AsInt32() << 16 >> 16, left.AsInt32() >> 16);
        return (first * (right.AsInt32() << 16 >> 16) + second * (right.AsInt32() >> 16)).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats AllFloats(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats LowerFloats(Shorts value) => Vector128.ConvertToSingle(Vector128.WidenLower(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats UpperFloats(Shorts value) => Vector128.ConvertToSingle(Vector128.WidenUpper(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Add(Floats left, Floats right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Multiply(Floats left, Floats right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Divide(Floats left, Floats right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Round(Floats value) => Vector128.Round(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftRightToShorts(Floats lower, Floats upper, int bits) =>
        Vector128.Narrow(Vector128.ConvertToInt32Native(lower) >> bits, Vector128.ConvertToInt32Native(upper) >> bits);
}
