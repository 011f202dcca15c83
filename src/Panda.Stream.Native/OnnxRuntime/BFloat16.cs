namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>The upper half of a float: its range with 8 bits of precision.</summary>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>Rounded to the nearest, half to even, as ONNX Runtime rounds; not a number stays that.</summary>
    public static BFloat16 From(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? new((ushort)(bits >> 16 | 0x40)) : new((ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16));
    }

    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);
}
