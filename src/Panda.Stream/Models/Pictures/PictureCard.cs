using System.ComponentModel.DataAnnotations;

namespace Panda.Stream.Models.Pictures;

/// <summary>How a frame is brought to a model's size.</summary>
public enum PictureResize
{
    /// <summary>Both sides are scaled on their own; shapes are distorted.</summary>
    Squash,

    /// <summary>The picture is scaled until it covers the size; the centre is kept.</summary>
    Crop,
}

/// <summary>PIL's filters; both widen when they make a picture smaller, and so avoid aliases.</summary>
public enum PictureFilter { Bilinear, Bicubic }

/// <summary>The order of a tensor's dimensions: b batch, t frames of a clip, c channels R G B, h rows, w columns; n is a batch of one frame each.</summary>
public enum PictureLayout { Nchw, Btchw, Bcthw }

/// <summary>How frames become a model's input: <c>picture</c> of a card.</summary>
public sealed record PictureCard
{
    /// <summary>Width and height in pixels.</summary>
    [Length(2, 2), Range(1, 4096)]
    public required IReadOnlyList<int> Size { get; init; }

    public required PictureResize Resize { get; init; }

    public required PictureFilter Filter { get; init; }

    /// <summary>Subtracted from R, G and B in 0..1.</summary>
    [Length(3, 3)]
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>What the differences are divided by.</summary>
    [Length(3, 3), Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public required IReadOnlyList<float> Std { get; init; }

    public required PictureLayout Layout { get; init; }
}
