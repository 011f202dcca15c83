// The small picture that shots are found in: each of its pixels is made of at most 2 x 2 pixels of a YUV 4:2:0 frame,
// with the integers of swscale's conversion to BGR and of OpenCV's resizing and HSV. Twin: Splitting/SmallPicture, Splitting/HsvPlanes.
#pragma once
#include "cuda.h"

// NV12 has v = u + 1 and column places that count chroma in steps of two bytes; planar frames have three planes.
struct FramePlanes { const u8 *y, *u, *v; };

// How much is added to a row's (or column's) place for the two source columns (rows), and their weights in 2048ths.
struct alignas(16) Tap { int luma, chroma, second_luma, second_chroma, weight, second_weight, unused[2]; };

struct YuvMatrix { int black, scale, red_from_v, green_from_u, green_from_v, blue_from_u; };

struct SmallPicture
{
    const FramePlanes* frames;
    const Tap *columns, *rows; // as many as the small picture has
    YuvMatrix matrix;
    int width, height; // of the small picture
    int same_size; // each pixel is one source pixel
};

struct Bgr { int blue, green, red; };

DEVICE int to_byte(int value) { return value < 0 ? 0 : value > 255 ? 255 : value; }

DEVICE Bgr yuv_to_bgr(const YuvMatrix& matrix, int luma, int blueness, int redness)
{
    const int y = ((luma - matrix.black) * 8 * matrix.scale) >> 16, u = (blueness - 128) * 8, v = (redness - 128) * 8;
    return {
        to_byte(y + (u * matrix.blue_from_u >> 16)),
        to_byte(y + (u * matrix.green_from_u >> 16) + (v * matrix.green_from_v >> 16)),
        to_byte(y + (v * matrix.red_from_v >> 16)) };
}

DEVICE Bgr source_pixel(const SmallPicture& picture, const FramePlanes& frame, int luma, int chroma)
{
    return yuv_to_bgr(picture.matrix, frame.y[luma], frame.u[chroma], frame.v[chroma]);
}

// OpenCV takes the mean of four, rounded half up, where the source is exactly twice the size: with its weights, 1024, this is the same.
DEVICE int interpolate(int a, int b, int c, int d, const Tap& column, const Tap& row)
{
    const int top = a * column.weight + b * column.second_weight;
    const int bottom = c * column.weight + d * column.second_weight;
    return ((row.weight * (top >> 4) >> 16) + (row.second_weight * (bottom >> 4) >> 16) + 2) >> 2;
}

DEVICE Bgr small_pixel(const SmallPicture& picture, const FramePlanes& frame, const Tap& column, const Tap& row)
{
    const Bgr a = source_pixel(picture, frame, row.luma + column.luma, row.chroma + column.chroma);
    if (picture.same_size)
        return a;
    const Bgr b = source_pixel(picture, frame, row.luma + column.second_luma, row.chroma + column.second_chroma);
    const Bgr c = source_pixel(picture, frame, row.second_luma + column.luma, row.second_chroma + column.chroma);
    const Bgr d = source_pixel(picture, frame, row.second_luma + column.second_luma, row.second_chroma + column.second_chroma);
    return { interpolate(a.blue, b.blue, c.blue, d.blue, column, row), interpolate(a.green, b.green, c.green, d.green, column, row),
        interpolate(a.red, b.red, c.red, d.red, column, row) };
}

// rint(255 * 4096 / i) and rint(180 * 4096 / 6i): no i up to 255 makes a tie, so half up is half to even.
struct HsvDivisors { int saturation[256], hue[256]; };

DEVICE void fill(HsvDivisors& divisors, int i)
{
    divisors.saturation[i] = i == 0 ? 0 : (2 * (255 << 12) + i) / (2 * i);
    divisors.hue[i] = i == 0 ? 0 : (2 * (30 << 12) + i) / (2 * i);
}

struct Hsv { int hue, saturation, value; };

DEVICE Hsv to_hsv(const Bgr& pixel, const HsvDivisors& divisors)
{
    const int b = pixel.blue, g = pixel.green, r = pixel.red;
    const int value = most(b, most(g, r)), range = value - least(b, least(g, r));
    const int turn = value == r ? g - b : value == g ? b - r + 2 * range : r - g + 4 * range;
    const int hue = (turn * divisors.hue[range] + (1 << 11)) >> 12;
    return { hue < 0 ? hue + 180 : hue, (range * divisors.saturation[value] + (1 << 11)) >> 12, value };
}
