namespace Panda.Stream.Vectors;

/// <summary>
/// The vector operations that the content score and the small frames are made of, in one width: the rule is written once over this, and the
/// compiler makes of it straight code for each width. Lanes are 16 bits wide unless a name says otherwise.
/// </summary>
/// <typeparam name="TShorts">A vector of signed 16-bit lanes.</typeparam>
/// <typeparam name="TFloats">A vector of as many bytes, of floats.</typeparam>
internal interface IVectors<TShorts, TFloats>
    where TShorts : struct
    where TFloats : struct
{
    /// <summary>16-bit lanes of a vector: pixels that are worked on at once.</summary>
    static abstract int Count { get; }

    static abstract TShorts All(short value);
    static abstract TShorts Load(ReadOnlySpan<short> source);
    static abstract void Store(TShorts value, Span<short> target);

    /// <summary>A byte for each lane.</summary>
    static abstract TShorts LoadBytes(ReadOnlySpan<byte> source);

    /// <summary>Two bytes for each lane, the first one in the low half.</summary>
    static abstract TShorts LoadPairs(ReadOnlySpan<byte> source);

    static abstract TShorts And(TShorts left, TShorts right);
    static abstract TShorts Or(TShorts left, TShorts right);
    static abstract TShorts Add(TShorts left, TShorts right);
    static abstract TShorts Subtract(TShorts left, TShorts right);
    static abstract TShorts Multiply(TShorts left, TShorts right);
    static abstract TShorts Min(TShorts left, TShorts right);
    static abstract TShorts Max(TShorts left, TShorts right);
    static abstract TShorts Equal(TShorts left, TShorts right);
    static abstract TShorts Select(TShorts condition, TShorts then, TShorts otherwise);
    static abstract TShorts ShiftLeft(TShorts value, int bits);
    static abstract TShorts ShiftRight(TShorts value, int bits);
    static abstract TShorts ShiftRightUnsigned(TShorts value, int bits);

    /// <summary>The upper 16 of the 32 bits of each product.</summary>
    static abstract TShorts MultiplyHigh(TShorts left, TShorts right);

    /// <summary>Of the 8-bit halves of all lanes, taken as unsigned: how far apart they are.</summary>
    static abstract TShorts ByteDistance(TShorts left, TShorts right);

    /// <summary>The sum of all lanes, taken as unsigned.</summary>
    static abstract int Sum(TShorts value);

    /// <summary>In 32-bit lanes, each made of a pair of 16-bit ones.</summary>
    static abstract TShorts ShiftPairsLeft(TShorts value, int bits);

    /// <inheritdoc cref="ShiftPairsLeft"/>
    static abstract TShorts ShiftPairsRightUnsigned(TShorts value, int bits);

    /// <summary>Each lane by its counterpart, the two products of a pair added to 32 bits.</summary>
    static abstract TShorts MultiplyAddPairs(TShorts left, TShorts right);

    static abstract TFloats AllFloats(float value);
    static abstract TFloats LowerFloats(TShorts value);
    static abstract TFloats UpperFloats(TShorts value);
    static abstract TFloats Add(TFloats left, TFloats right);
    static abstract TFloats Multiply(TFloats left, TFloats right);
    static abstract TFloats Divide(TFloats left, TFloats right);

    /// <summary>To the nearest whole number, halves to even.</summary>
    static abstract TFloats Round(TFloats value);

    /// <summary>Whole numbers of 32 bits, each shifted right with its sign; the low 16 bits of what remains.</summary>
    static abstract TShorts ShiftRightToShorts(TFloats lower, TFloats upper, int bits);
}
