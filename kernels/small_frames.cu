// Frames to a model's input: RGB24, NV12 or planar 4:2:0 -> RGB at full size -> resized -> normalised -> tensor, in one launch.
//
// In      frames: planes of each frame, all of one shape, upright; RGB24 in the place of luma;
//         columns, rows: which source pixels make each pixel of the result, and their weights with 22 bits (PIL's resampling, bilinear
//         or bicubic, widened when it makes smaller), weights[tap][pixel]; squash, or short side and centre crop, is only another table;
//         values[channel][byte]: what each byte is in the tensor, normalised and in its type. Nothing is rounded on the device but bytes.
// Out     tensor element (frame / frames_a_clip) * clip_stride + (frame % frames_a_clip) * frame_stride + channel * channel_stride + y * width + x:
//         NCHW, BTCHW and BCTHW are strides.
// Grid    x: width / tile_columns, y: height / tile_rows, z: frames; 256 threads.
//         tile_columns <= 32 such that its source columns, from a multiple of 4, fit 512; group_rows <= 8 such that its source rows fit 256.
// Moves   a frame: luma and chroma of the wanted part once (the overlap of neighbouring tiles comes from cache), 3 * width * height elements out.
//         A warp reads a piece of a source row, four pixels a load where addresses allow, makes it RGB, and each lane sums its column's taps;
//         rows so narrowed stay in a ring of 256 rows, from which the second pass sums rows. Bicubic at full video size is bound by
//         arithmetic, not by memory: PIL's integers leave no shortcut.
// Twin    Models/Pictures/PictureTensor on the RGB picture; equal.
#include "small_picture.h"

#define THREADS 256
#define WARPS (THREADS / WARP)
#define RING 256
#define STAGE 512
#define WEIGHT_BITS 22

struct Axis { const int *starts, *counts, *weights; };

struct SmallFramesArguments
{
    const FramePlanes* frames;
    Axis columns, rows;
    const void* values;
    void* tensor;
    i64 clip_stride, frame_stride, channel_stride;
    YuvMatrix matrix;
    int source_width, stride, chroma_stride, chroma_step; // chroma_step: 2 for NV12, 1 for planar, 0 for RGB24
    int width, height, frame_count, frames_a_clip;
    int tile_columns, tile_rows, group_rows;
};

DEVICE bool is_aligned(const void* pointer, int stride, int bytes) { return (((u64)pointer | (u64)stride) & (bytes - 1)) == 0; }

DEVICE u32 to_rgb(const YuvMatrix& matrix, int y, int u, int v)
{
    const Bgr bgr = yuv_to_bgr(matrix, y, u, v);
    return (u32)(bgr.red | bgr.green << 8 | bgr.blue << 16);
}

// A source row of RGB24 from `first`, a multiple of 4, up to `end` into `stage`, a word a pixel: three words of it are four pixels.
DEVICE void read_packed_row(const SmallFramesArguments& a, const u8* pixels, bool fours, int first, int end, u32* stage)
{
    for (int x = first + 4 * lane_index(); x < end; x += 4 * WARP)
    {
        if (fours && x + 4 <= a.source_width)
        {
            const u32* words = (const u32*)(pixels + 3 * x);
            const u32 one = words[0], two = words[1], three = words[2];
            u32* to = stage + (x - first);
            to[0] = one & 0xffffff;
            to[1] = one >> 24 | (two & 0xffff) << 8;
            to[2] = two >> 16 | (three & 0xff) << 16;
            to[3] = three >> 8;
        }
        else
            for (int i = x; i < least(x + 4, end); i++)
                stage[i - first] = (u32)(pixels[3 * i] | pixels[3 * i + 1] << 8 | pixels[3 * i + 2] << 16);
    }
}

// Likewise a row of any frame.
DEVICE void read_row(const SmallFramesArguments& a, const FramePlanes& frame, bool fours, int row, int first, int end, u32* stage)
{
    const u8* luma = frame.y + (i64)row * a.stride;
    if (a.chroma_step == 0)
    {
        read_packed_row(a, luma, fours, first, end, stage);
        return;
    }
    const u8* blueness = frame.u + (i64)(row >> 1) * a.chroma_stride;
    const u8* redness = frame.v + (i64)(row >> 1) * a.chroma_stride;
    for (int x = first + 4 * lane_index(); x < end; x += 4 * WARP)
    {
        if (fours && x + 4 <= a.source_width)
        {
            const u32 y = *(const u32*)(luma + x);
            u32 u, v; // the chroma of two pairs, 16 bits each
            if (a.chroma_step == 2)
            {
                const u32 both = *(const u32*)(blueness + x);
                u = both & 0xff00ff;
                v = both >> 8 & 0xff00ff;
            }
            else
            {
                const u32 us = *(const u16*)(blueness + x / 2), vs = *(const u16*)(redness + x / 2);
                u = (us & 255) | (us >> 8) << 16;
                v = (vs & 255) | (vs >> 8) << 16;
            }
            for (int i = 0; i < 4; i++)
                stage[x - first + i] = to_rgb(a.matrix, y >> 8 * i & 255, u >> 16 * (i / 2) & 255, v >> 16 * (i / 2) & 255);
        }
        else
            for (int i = x; i < least(x + 4, end); i++)
                stage[i - first] = to_rgb(a.matrix, luma[i], blueness[(i >> 1) * a.chroma_step], redness[(i >> 1) * a.chroma_step]);
    }
}

// Three channels at once, from packed RGB `step` words apart in a ring (`mask`), rounded to bytes as PIL does between its passes.
DEVICE u32 resample(const Axis& axis, int length, int index, const u32* pixels, int origin, int mask, int step)
{
    const int start = axis.starts[index], count = axis.counts[index];
    int red = 1 << (WEIGHT_BITS - 1), green = red, blue = red;
    for (int k = 0; k < count; k++)
    {
        const u32 pixel = pixels[((start - origin + k) & mask) * step];
        const int weight = axis.weights[k * length + index];
        red += (int)(pixel & 255) * weight;
        green += (int)(pixel >> 8 & 255) * weight;
        blue += (int)(pixel >> 16) * weight;
    }
    return (u32)(to_byte(red >> WEIGHT_BITS) | to_byte(green >> WEIGHT_BITS) << 8 | to_byte(blue >> WEIGHT_BITS) << 16);
}

template <typename Element>
DEVICE void small_frame(const SmallFramesArguments& a)
{
    SHARED u32 ring[RING * WARP];
    SHARED u32 stages[WARPS][STAGE];
    const FramePlanes frame = a.frames[block_z()];
    const bool fours = is_aligned(frame.y, a.stride, 4)
        && (a.chroma_step == 0 || (a.chroma_step == 2 ? is_aligned(frame.u, a.chroma_stride, 4) && frame.v == frame.u + 1
            : is_aligned(frame.u, a.chroma_stride, 2) && is_aligned(frame.v, a.chroma_stride, 2)));

    const int left = block_x() * a.tile_columns, columns = least(a.tile_columns, a.width - left);
    const int top = block_y() * a.tile_rows, bottom = least(a.height, top + a.tile_rows);
    const int first = a.columns.starts[left] & ~3;
    const int end = a.columns.starts[left + columns - 1] + a.columns.counts[left + columns - 1];
    const int x = left + lane_index();
    u32* stage = stages[warp_index()];

    const Element* values = (const Element*)a.values;
    Element* tensor = (Element*)a.tensor + block_z() / a.frames_a_clip * a.clip_stride + block_z() % a.frames_a_clip * a.frame_stride;

    int narrowed = a.rows.starts[top];
    for (int y = top; y < bottom; y += a.group_rows)
    {
        const int group = least(a.group_rows, bottom - y);
        const int needed = a.rows.starts[y + group - 1] + a.rows.counts[y + group - 1];
        for (int row = narrowed + warp_index(); row < needed; row += WARPS)
        {
            read_row(a, frame, fours, row, first, end, stage);
            warp_barrier();
            if (lane_index() < columns)
                ring[row % RING * WARP + lane_index()] = resample(a.columns, a.width, x, stage, first, STAGE - 1, 1);
            warp_barrier();
        }
        narrowed = most(narrowed, needed);
        block_barrier();
        if (warp_index() < group && lane_index() < columns)
        {
            const u32 pixel = resample(a.rows, a.height, y + warp_index(), ring + lane_index(), 0, RING - 1, WARP);
            Element* to = tensor + (i64)(y + warp_index()) * a.width + x;
            to[0] = values[pixel & 255];
            to[a.channel_stride] = values[256 + (pixel >> 8 & 255)];
            to[2 * a.channel_stride] = values[512 + (pixel >> 16)];
        }
        block_barrier();
    }
}

KERNEL(small_frames_f32, THREADS, SmallFramesArguments) { small_frame<float>(arguments); }

KERNEL(small_frames_f16, THREADS, SmallFramesArguments) { small_frame<u16>(arguments); }
