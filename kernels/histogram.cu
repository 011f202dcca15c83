// Histograms of hue, saturation, value and luma of each frame's small picture, and how far each is from the frame before.
//
// histogram_count
// In      picture: as for content_score. Luma is OpenCV's: (4899 R + 9617 G + 1868 B) / 2^14, rounded.
// Out     counts[frame][channel][bin], 4 x 256 a frame, added to what is there (zero them first). Hue uses bins 0..179.
// Grid    x: small pixels / 4096, y: frames; 256 threads.
// Moves   the same bytes of the frames as content_score; 4 KiB out a frame. Bins are counted in shared memory, in four copies
//         because neighbours are alike, and only those that are not empty become atomics.
//
// histogram_difference
// In      counts as above; previous: the 4 x 256 counts of the frame before the batch, or null (the first frame then differs by nothing).
// Out     differences[frame][channel][0 | 1]: correlation (OpenCV's HISTCMP_CORREL; 1 for equal ones),
//         chi-square sum (a-b)^2 / (a+b) over twice the pixels: 0 for equal ones, 1 for those without a common bin.
// Grid    x: frames; 256 threads.
// Moves   8 KiB in (half of it from cache), 64 bytes out a frame.
// Twin    Splitting/Histograms; equal, since counts and the sums of the correlation are integers and sums of floats have one order.
#include "small_picture.h"

#define THREADS 256
#define BINS 256
#define CHANNELS 4
#define HUES 180
#define PIXELS_A_THREAD 16
#define COPIES 4

struct HistogramCountArguments
{
    SmallPicture picture;
    u32* counts;
    int frames;
};

struct HistogramDifferenceArguments
{
    const u32 *counts, *previous;
    double* differences;
    int frames;
};

KERNEL(histogram_count, THREADS, HistogramCountArguments)
{
    SHARED HsvDivisors divisors;
    SHARED u32 counts[COPIES * CHANNELS * BINS];
    fill(divisors, thread_index());
    for (int i = thread_index(); i < COPIES * CHANNELS * BINS; i += THREADS)
        counts[i] = 0;
    block_barrier();

    const SmallPicture& picture = arguments.picture;
    const int pixels = picture.width * picture.height, first = block_x() * THREADS * PIXELS_A_THREAD + thread_index();
    u32* mine = counts + warp_index() % COPIES * CHANNELS * BINS;
    for (int i = 0; i < PIXELS_A_THREAD; i++)
    {
        const int pixel = first + i * THREADS;
        if (pixel >= pixels)
            break;
        const Bgr bgr = small_pixel(picture, picture.frames[block_y()], picture.columns[pixel % picture.width], picture.rows[pixel / picture.width]);
        const Hsv hsv = to_hsv(bgr, divisors);
        atomic_add(&mine[hsv.hue], 1u);
        atomic_add(&mine[BINS + hsv.saturation], 1u);
        atomic_add(&mine[2 * BINS + hsv.value], 1u);
        atomic_add(&mine[3 * BINS + ((4899 * bgr.red + 9617 * bgr.green + 1868 * bgr.blue + (1 << 13)) >> 14)], 1u);
    }
    block_barrier();

    for (int channel = 0; channel < CHANNELS; channel++)
    {
        u32 sum = 0;
        for (int copy = 0; copy < COPIES; copy++)
            sum += counts[(copy * CHANNELS + channel) * BINS + thread_index()];
        if (sum > 0)
            atomic_add(&arguments.counts[(block_y() * CHANNELS + channel) * BINS + thread_index()], sum);
    }
}

KERNEL(histogram_difference, THREADS, HistogramDifferenceArguments)
{
    SHARED u64 sums[5][THREADS / WARP];
    SHARED double chi[THREADS / WARP];
    const u32* now = arguments.counts + block_x() * CHANNELS * BINS;
    const u32* before = block_x() > 0 ? now - CHANNELS * BINS : arguments.previous ? arguments.previous : now;
    for (int channel = 0; channel < CHANNELS; channel++)
    {
        const u64 a = before[channel * BINS + thread_index()], b = now[channel * BINS + thread_index()];
        const double apart = (double)a - (double)b;
        const u64 sum_a = block_sum<THREADS>(a, sums[0]), sum_b = block_sum<THREADS>(b, sums[1]);
        const u64 aa = block_sum<THREADS>(a * a, sums[2]), bb = block_sum<THREADS>(b * b, sums[3]), ab = block_sum<THREADS>(a * b, sums[4]);
        const double distance = block_sum<THREADS>(a + b > 0 ? apart * apart / (double)(a + b) : 0.0, chi);
        if (thread_index() == 0)
        {
            const u64 bins = channel == 0 ? HUES : BINS;
            const double common = (double)(i64)(bins * ab - sum_a * sum_b);
            const double spread = (double)(bins * aa - sum_a * sum_a) * (double)(bins * bb - sum_b * sum_b);
            double* difference = arguments.differences + (block_x() * CHANNELS + channel) * 2;
            difference[0] = spread > 0 ? common / root(spread) : 1.0;
            difference[1] = sum_a + sum_b > 0 ? distance / (double)(sum_a + sum_b) : 0.0;
        }
        block_barrier();
    }
}
