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

/// <summary>The order of a tensor's dimensions: b batch, t frames of a clip, c channels R G B, h rows, w columns.</summary>
public enum PictureLayout { Nchw, Btchw, Bcthw }

/// <summary>How frames become a model's input: <c>picture</c> of a card.</summary>
/// <param name="Size">Width and height in pixels.</param>
/// <param name="Resize">How a frame is brought to the size.</param>
/// <param name="Filter">How pixels are weighed.</param>
/// <param name="Mean">Subtracted from R, G and B in 0..1.</param>
/// <param name="Std">What the differences are divided by.</param>
/// <param name="Layout">The order of the tensor's dimensions.</param>
public sealed record PictureCard(
    IReadOnlyList<int> Size, PictureResize Resize, PictureFilter Filter, IReadOnlyList<float> Mean, IReadOnlyList<float> Std, PictureLayout Layout);
