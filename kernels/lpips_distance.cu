// The distance of LPIPS between frames' features: unit length over channels, squared difference, weighted over channels,
// mean over places, summed over layers. All layers and all pairs of a batch in two launches.
//
// lpips_tiles
// In      layers[layer]: where each frame's features [channel][place] f32 begin, as the feature model left them; weights [channel] f32; the
//         number of the layer's first tile, counted over all layers; pairs[pair][0 | 1]: numbers of frames, neighbours as a rule.
// Out     partial[pair][tile]: the tile's share of the distance.
// Grid    x: pairs, y: tiles of 32 places over all layers; 256 threads, a lane a place, a warp every eighth channel.
// Moves   both frames' features of a pair once: pairs that share a frame run next to each other and meet in the level 2 cache, so
//         4 * channels * places bytes a frame and layer. Rows of places are odd in length as a rule, so loads are of 4 bytes, 128 a warp.
//
// lpips_sum
// In      partial; tiles. Out distances[pair] f64, always added in the same order. Grid x: pairs; 32 threads.
// Moves   8 * tiles bytes a pair.
//
// Sums are in f64, where the square can be taken apart: one pass finds both norms and the distance, and frames that differ little are still
// told apart. Twin: Models/FeatureDistance; within 1e-12, for equal frames 0 to that.
#include "cuda.h"

#define THREADS 256
#define WARPS (THREADS / WARP)

struct LpipsLayer
{
    const float* const* features;
    const float* weights;
    int channels, places, first_tile, unused;
};

struct LpipsTilesArguments
{
    const LpipsLayer* layers;
    const int (*pairs)[2];
    double* partial;
    int layer_count, tiles, pair_count;
};

struct LpipsSumArguments
{
    const double* partial;
    double* distances;
    int tiles, pair_count;
};

struct PlaceSums { double aa, bb, weighted_aa, weighted_bb, weighted_ab; };

KERNEL(lpips_tiles, THREADS, LpipsTilesArguments)
{
    SHARED PlaceSums sums[WARPS][WARP];
    int index = 0;
    while (index + 1 < arguments.layer_count && block_y() >= arguments.layers[index + 1].first_tile)
        index++;
    const LpipsLayer layer = arguments.layers[index];
    const int place = (block_y() - layer.first_tile) * WARP + lane_index();
    const int* pair = arguments.pairs[block_x()];

    PlaceSums sum = { 0, 0, 0, 0, 0 };
    if (place < layer.places)
    {
        const float *a = layer.features[pair[0]] + place, *b = layer.features[pair[1]] + place;
#pragma unroll 4
        for (int channel = warp_index(); channel < layer.channels; channel += WARPS)
        {
            const double x = a[(i64)channel * layer.places], y = b[(i64)channel * layer.places], weight = layer.weights[channel];
            const double xx = x * x, yy = y * y; // exact: floats have 24 bits
            sum.aa += xx;
            sum.bb += yy;
            sum.weighted_aa = fused(weight, xx, sum.weighted_aa);
            sum.weighted_bb = fused(weight, yy, sum.weighted_bb);
            sum.weighted_ab = fused(weight, x * y, sum.weighted_ab);
        }
    }
    sums[warp_index()][lane_index()] = sum;
    block_barrier();
    if (warp_index() > 0)
        return;
    for (int warp = 1; warp < WARPS; warp++)
    {
        const PlaceSums& more = sums[warp][lane_index()];
        sum.aa += more.aa;
        sum.bb += more.bb;
        sum.weighted_aa += more.weighted_aa;
        sum.weighted_bb += more.weighted_bb;
        sum.weighted_ab += more.weighted_ab;
    }
    const double a_to_unit = 1 / (root(sum.aa) + 1e-10), b_to_unit = 1 / (root(sum.bb) + 1e-10);
    const double distance = a_to_unit * a_to_unit * sum.weighted_aa - 2 * (a_to_unit * b_to_unit * sum.weighted_ab)
        + b_to_unit * b_to_unit * sum.weighted_bb;
    const double total = warp_sum(distance < 0 ? 0.0 : distance); // one that is no number stays so, to be seen
    if (lane_index() == 0)
        arguments.partial[(i64)block_x() * arguments.tiles + block_y()] = total / layer.places;
}

KERNEL(lpips_sum, WARP, LpipsSumArguments)
{
    const double* partial = arguments.partial + (i64)block_x() * arguments.tiles;
    double sum = 0;
    for (int tile = thread_index(); tile < arguments.tiles; tile += WARP)
        sum += partial[tile];
    sum = warp_sum(sum);
    if (thread_index() == 0)
        arguments.distances[block_x()] = sum;
}
