// A frame as decoded to the small RGB picture that is kept of it: 8-bit NV12 or planar 4:2:0, each small sample the mean of the area under it,
// taken plane by plane, so that only the small picture is converted.
//
// In      planes: one frame; the axes: which samples of a plane lie under each sample of the small picture, and with what part of it,
//         weights[tap][place]: along rows they add up to 1 << 14, along columns to 1 << 8; the colours: as Videos/AreaColours has them.
// Out     rgb: 3 bytes a pixel; pixel (x, y) of the frame's own orientation goes to place first + x * along_x + y * along_y, so rotation costs nothing.
// Grid    x: small pixels / 256; 256 threads.
// Moves   each plane once (neighbours share what lies at their borders, from cache), 3 bytes a small pixel out.
//         All sums are integers below 2^31, so the order is no matter.
// Twin    Videos/AreaScaler; equal.
#include "small_picture.h"

#define THREADS 256
#define FRACTION_BITS 4
#define SUM_BITS (8 + 14 - FRACTION_BITS)
#define COLOUR_BITS (16 + FRACTION_BITS)

struct AreaAxis { const int *starts, *weights; int taps, places; };

struct AreaColours { int black, from_y, red_from_v, green_from_u, green_from_v, blue_from_u; };

struct AreaFrameArguments
{
    FramePlanes planes;
    AreaAxis luma_columns, luma_rows, chroma_columns, chroma_rows;
    u8* rgb;
    AreaColours colours;
    int stride, chroma_stride, chroma_step; // chroma_step: 2 for NV12, 1 for planar
    int width, height; // of the small picture, before it is turned
    int first, along_x, along_y;
};

DEVICE int area(const u8* plane, int stride, int step, const AreaAxis& columns, const AreaAxis& rows, int x, int y)
{
    const u8* row = plane + (i64)rows.starts[y] * stride + columns.starts[x] * step;
    int sum = 0;
    for (int k = 0; k < rows.taps; k++, row += stride)
    {
        int along = 0;
        for (int i = 0; i < columns.taps; i++)
            along += row[i * step] * columns.weights[i * columns.places + x];
        sum += along * rows.weights[k * rows.places + y];
    }
    return (sum + (1 << (SUM_BITS - 1))) >> SUM_BITS;
}

KERNEL(area_frame, THREADS, AreaFrameArguments)
{
    const AreaFrameArguments& a = arguments;
    const int pixel = block_x() * THREADS + thread_index();
    if (pixel >= a.width * a.height)
        return;
    const int x = pixel % a.width, y = pixel / a.width;
    const int luma = (area(a.planes.y, a.stride, 1, a.luma_columns, a.luma_rows, x, y) - a.colours.black) * a.colours.from_y + (1 << (COLOUR_BITS - 1));
    const int u = area(a.planes.u, a.chroma_stride, a.chroma_step, a.chroma_columns, a.chroma_rows, x, y) - (128 << FRACTION_BITS);
    const int v = area(a.planes.v, a.chroma_stride, a.chroma_step, a.chroma_columns, a.chroma_rows, x, y) - (128 << FRACTION_BITS);
    u8* to = a.rgb + 3 * (i64)(a.first + x * a.along_x + y * a.along_y);
    to[0] = (u8)to_byte((luma + v * a.colours.red_from_v) >> COLOUR_BITS);
    to[1] = (u8)to_byte((luma - u * a.colours.green_from_u - v * a.colours.green_from_v) >> COLOUR_BITS);
    to[2] = (u8)to_byte((luma + u * a.colours.blue_from_u) >> COLOUR_BITS);
}
