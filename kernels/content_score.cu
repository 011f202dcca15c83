// How much each frame of a batch differs from the frame before it: sums of |dH|, |dS| and |dV| over the small picture.
//
// In      frames: planes of each frame in order of time, all of one shape (NV12 or planar 4:2:0, any strides, any alignment);
//         columns, rows: places and weights, made by the host for that shape (upright, so rotated frames cost nothing more);
//         previous: HSV of the small picture of the frame before the batch, or null when the batch begins the video (its first frame scores 0).
// Out     sums[3 * frame + 0 | 1 | 2]: hue, saturation, value, added to what is there (zero them first); integers, so the order is no matter;
//         last: HSV of the batch's last frame, h | s << 8 | v << 16 a pixel. Not the same buffer as previous.
// Grid    x: small pixels / 256, y: frames / chunk; 256 threads. chunk is at most 16.
// Moves   a frame: the touched sectors of 2 of every `factor` luma rows and their chroma rows, once; a chunk reads one frame more.
//         A thread keeps its pixel's HSV from frame to frame, so the small picture is never written but for the last.
//         Only single bytes are wanted, several apart: vector loads would bring nothing.
// Twin    Splitting/ContentScorer; equal.
#include "small_picture.h"

#define THREADS 256
#define LONGEST_CHUNK 16

struct ContentScoreArguments
{
    SmallPicture picture;
    const u32* previous;
    u32* last;
    u64* sums;
    int frames, chunk;
};

DEVICE u32 packed_hsv(const SmallPicture& picture, int frame, const Tap& column, const Tap& row, const HsvDivisors& divisors)
{
    const Hsv hsv = to_hsv(small_pixel(picture, picture.frames[frame], column, row), divisors);
    return (u32)(hsv.hue | hsv.saturation << 8 | hsv.value << 16);
}

DEVICE u32 byte_distance(u32 a, u32 b, int shift)
{
    const int difference = (int)(a >> shift & 255) - (int)(b >> shift & 255);
    return (u32)(difference < 0 ? -difference : difference);
}

KERNEL(content_score, THREADS, ContentScoreArguments)
{
    SHARED HsvDivisors divisors;
    SHARED u32 partial[LONGEST_CHUNK][THREADS / WARP][2]; // of a frame and warp: hue | saturation << 16, value
    fill(divisors, thread_index());
    block_barrier();

    const SmallPicture& picture = arguments.picture;
    const int pixels = picture.width * picture.height, pixel = block_x() * THREADS + thread_index();
    const bool inside = pixel < pixels;
    const Tap column = picture.columns[inside ? pixel % picture.width : 0], row = picture.rows[inside ? pixel / picture.width : 0];
    const int first = block_y() * arguments.chunk, count = least(arguments.chunk, arguments.frames - first);

    u32 before = 0;
    if (inside)
        before = first == 0 && arguments.previous ? arguments.previous[pixel]
            : packed_hsv(picture, first == 0 ? 0 : first - 1, column, row, divisors);
    for (int i = 0; i < count; i++)
    {
        const u32 now = inside ? packed_hsv(picture, first + i, column, row, divisors) : before;
        // A warp's sums are at most 32 * 255: two fit one word.
        const u32 colour = warp_sum(byte_distance(now, before, 0) | byte_distance(now, before, 8) << 16);
        const u32 value = warp_sum(byte_distance(now, before, 16));
        if (lane_index() == 0)
        {
            partial[i][warp_index()][0] = colour;
            partial[i][warp_index()][1] = value;
        }
        before = now;
    }
    if (inside && first + count == arguments.frames)
        arguments.last[pixel] = before;

    block_barrier();
    if (thread_index() < 3 * count)
    {
        const int frame = thread_index() / 3, channel = thread_index() % 3;
        u32 sum = 0;
        for (int warp = 0; warp < THREADS / WARP; warp++)
            sum += partial[frame][warp][channel / 2] >> (channel == 1 ? 16 : 0) & (channel == 2 ? ~0u : 0xffffu);
        atomic_add(&arguments.sums[3 * (first + frame) + channel], (u64)sum);
    }
}
