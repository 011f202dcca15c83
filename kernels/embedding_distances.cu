// L2 distances between embeddings, for stitching and for near repeats. Sums are in f64, as differences, so that near ones are told apart.
//
// embedding_pairs     the pairs that stitching needs: the probes of a segment, the last of one and the first of the next, a clip's ends.
// In      embeddings [n][width] f32, pairs[pair][0 | 1] of their numbers. Out distances[pair] f64.
// Grid    x: pairs / 8; 256 threads, a warp a pair. Moves 8 * width bytes a pair, four numbers a load where width and address allow.
//
// embedding_means     what a clip is compared by: the mean of its segments' features, which lie next to each other.
// In      embeddings as above, ranges[clip][0 | 1]: first, one past the last. Out means [clip][width] f32.
// Grid    x: width / 256, y: clips; 256 threads, one a column. Moves 4 * width bytes a feature.
//
// embedding_matrix    new clips against all that were kept: all pairs of two lists.
// In      rows [row_count][width], columns [column_count][width] f32. Out distances [row_count][column_count] f64.
// Grid    x: column_count / 16, y: row_count / 16; 256 threads. Moves width * row_count * column_count / 2
//         bytes, all but 4 * width * (row_count + column_count) of them from cache.
//
// Twin    Splitting/Distance, ClipFilter's mean; means equal, distances within 1e-12 of themselves.
#include "cuda.h"

#define THREADS 256
#define TILE 16

struct EmbeddingPairsArguments
{
    const float* embeddings;
    const int (*pairs)[2];
    double* distances;
    int width, pair_count;
};

struct EmbeddingMeansArguments
{
    const float* embeddings;
    const int (*ranges)[2];
    float* means;
    int width, clip_count;
};

struct EmbeddingMatrixArguments
{
    const float *rows, *columns;
    double* distances;
    int width, row_count, column_count;
};

struct alignas(16) Four { float x, y, z, w; };

DEVICE double squared(double difference, double sum) { return fused(difference, difference, sum); }

KERNEL(embedding_pairs, THREADS, EmbeddingPairsArguments)
{
    const int pair = block_x() * (THREADS / WARP) + warp_index(), width = arguments.width;
    if (pair >= arguments.pair_count)
        return; // a whole warp
    const float* a = arguments.embeddings + (i64)arguments.pairs[pair][0] * width;
    const float* b = arguments.embeddings + (i64)arguments.pairs[pair][1] * width;
    double sum = 0;
    if (width % 4 == 0 && ((u64)arguments.embeddings & 15) == 0)
        for (int i = lane_index(); i < width / 4; i += WARP)
        {
            const Four x = ((const Four*)a)[i], y = ((const Four*)b)[i];
            sum = squared((double)x.x - y.x, sum);
            sum = squared((double)x.y - y.y, sum);
            sum = squared((double)x.z - y.z, sum);
            sum = squared((double)x.w - y.w, sum);
        }
    else
        for (int i = lane_index(); i < width; i += WARP)
            sum = squared((double)a[i] - b[i], sum);
    sum = warp_sum(sum);
    if (lane_index() == 0)
        arguments.distances[pair] = root(sum);
}

KERNEL(embedding_means, THREADS, EmbeddingMeansArguments)
{
    const int column = block_x() * THREADS + thread_index(), width = arguments.width;
    if (column >= width)
        return;
    const int first = arguments.ranges[block_y()][0], end = arguments.ranges[block_y()][1];
    double sum = 0;
    for (int i = first; i < end; i++)
        sum += arguments.embeddings[(i64)i * width + column];
    arguments.means[(i64)block_y() * width + column] = (float)(sum / (end - first));
}

KERNEL(embedding_matrix, THREADS, EmbeddingMatrixArguments)
{
    SHARED float rows[TILE][WARP + 1], columns[TILE][WARP + 1]; // one more, so that a column of them lies in all banks
    const int x = thread_index() % TILE, y = thread_index() / TILE, width = arguments.width;
    const int left = block_x() * TILE, top = block_y() * TILE;
    double sum = 0;
    for (int start = 0; start < width; start += WARP)
    {
        const int k = start + lane_index();
        for (int i = warp_index(); i < TILE; i += THREADS / WARP)
        {
            rows[i][lane_index()] = top + i < arguments.row_count && k < width ? arguments.rows[(i64)(top + i) * width + k] : 0;
            columns[i][lane_index()] = left + i < arguments.column_count && k < width ? arguments.columns[(i64)(left + i) * width + k] : 0;
        }
        block_barrier();
        for (int i = 0; i < WARP; i++)
            sum = squared((double)rows[y][i] - columns[x][i], sum);
        block_barrier();
    }
    if (top + y < arguments.row_count && left + x < arguments.column_count)
        arguments.distances[(i64)(top + y) * arguments.column_count + left + x] = root(sum);
}
