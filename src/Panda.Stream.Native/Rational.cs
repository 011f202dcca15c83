using System.Globalization;

namespace Panda.Stream.Native;

/// <summary>A fraction as libav counts time and rates (its <c>AVRational</c>): exact, never a rounded double.</summary>
public readonly record struct Rational(int Numerator, int Denominator)
{
    /// <summary>Whether both parts are positive, as a frame rate or time base must be.</summary>
    public bool IsPositive => Numerator > 0 && Denominator > 0;

    public double ToDouble() => (double)Numerator / Denominator;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
