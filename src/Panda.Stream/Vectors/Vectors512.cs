using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Floats = System.Runtime.Intrinsics.Vector512<float>;
using Shorts = System.Runtime.Intrinsics.Vector512<short>;

namespace Panda.Stream.Vectors;

/// <summary>512 bits at once.</summary>
internal readonly struct Vectors512 : IVectors<Shorts, Floats>
{
    public static int Count => Shorts.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts All(short value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Load(ReadOnlySpan<short> source) => Vector512.Create(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Shorts value, Span<short> target) => value.CopyTo(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts LoadBytes(ReadOnlySpan<byte> source) => Vector512.WidenLower(Vector256.Create(source).ToVector512Unsafe()).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts LoadPairs(ReadOnlySpan<byte> source) => Vector512.Create(source).AsInt16();

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
    public static Shorts Min(Shorts left, Shorts right) => Vector512.Min(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Max(Shorts left, Shorts right) => Vector512.Max(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Equal(Shorts left, Shorts right) => Vector512.Equals(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts Select(Shorts condition, Shorts then, Shorts otherwise) => Vector512.ConditionalSelect(condition, then, otherwise);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftLeft(Shorts value, int bits) => value << bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftRight(Shorts value, int bits) => value >> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftRightUnsigned(Shorts value, int bits) => value >>> bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts MultiplyHigh(Shorts left, Shorts right)
    {
        if (Avx512BW.IsSupported)
            return Avx512BW.MultiplyHigh(left, right);
        var (lower, upper) = (Vector512.WidenLower(left) * Vector512.WidenLower(right), Vector512.WidenUpper(left) * Vector512.WidenUpper(right));
        return Vector512.Narrow(lower >> 16, upper >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ByteDistance(Shorts left, Shorts right) => (Vector512.Max(left.AsByte(), right.AsByte()) - Vector512.Min(left.AsByte(), right.AsByte())).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Sum(Shorts value) => Vector512.Sum((value.AsInt32() & Vector512.Create(0xFFFF)) + (value.AsInt32() >>> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftPairsLeft(Shorts value, int bits) => (value.AsInt32() << bits).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftPairsRightUnsigned(Shorts value, int bits) => (value.AsInt32() >>> bits).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts MultiplyAddPairs(Shorts left, Shorts right)
    {
        if (Avx512BW.IsSupported)
            return Avx512BW.MultiplyAddAdjacent(left, right).AsInt16();
        var (first, second) = (left.AsInt32() << 16 >> 16, left.AsInt32() >> 16);
        return (first * (right.AsInt32() << 16 >> 16) + second * (right.AsInt32() >> 16)).AsInt16();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats AllFloats(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats LowerFloats(Shorts value) => Vector512.ConvertToSingle(Vector512.WidenLower(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats UpperFloats(Shorts value) => Vector512.ConvertToSingle(Vector512.WidenUpper(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Add(Floats left, Floats right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Multiply(Floats left, Floats right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Divide(Floats left, Floats right) => left / right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats Round(Floats value) => Vector512.Round(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Shorts ShiftRightToShorts(Floats lower, Floats upper, int bits) =>
        Vector512.Narrow(Vector512.ConvertToInt32Native(lower) >> bits, Vector512.ConvertToInt32Native(upper) >> bits);
}
