// The next tokens, chosen on the device, so that only their ids come back.
//
// Probabilities are whole numbers: 2^40 times exp((logit - largest) * scale), rounded down, by a polynomial of our own. Sums of them do not
// depend on their order, so a choice is the same on every device and on a CPU. A vocabulary may have up to 2^22 tokens. Tokens that are banned
// (those that end a text that is too short) count as minus infinity. Of equal logits the lower id comes first.
// Nothing is sorted: the border between the tokens that stay and the rest is found digit by digit.
//
// sample_tokens       softmax at a temperature, cut to the likeliest tokens that together reach top_p, one of them at random.
// In      logits [row] f32, row_stride apart; randoms [row] f64 in 0..1 (1 excluded); scale: log2(e) / temperature; top_p: 0 chooses the likeliest.
// Out     chosen[row]: an id, or -1 when the row holds a NaN or infinity, or nothing but banned tokens.
// Grid    x: rows; 512 threads.
// Moves   4 * vocabulary bytes a row once; the two to six further passes over the row find it in cache.
//
// beam_candidates     the `keep` likeliest tokens of each beam, with their scores; keep <= 32, not above the vocabulary.
// In      as above; beam_scores [row] f64. scale: log2(e), as beams are searched at temperature 1.
// Out     ids[row][keep], scores[row][keep] f64: beam score + log softmax, best first; ids are -1 where sample_tokens would say -1.
// Grid    x: rows; 512 threads. Moves as sample_tokens.
//
// beam_merge          the `keep` best of all beams of an item.
// In      ids, scores of `beams` rows an item. Out: best_beams, best_ids [item][keep], best_scores [item][keep] f64, best first; all -1 when
//         one of its beams said so. At equal scores the lower beam comes first. Grid x: items; 128 threads. Moves 12 * beams * keep bytes an item.
//
// Twin    the plain formula, sorted, in the tests; ids equal, scores within 1e-12.
#include "cuda.h"

#define THREADS 512
#define WARPS (THREADS / WARP)
#define ID_BITS 22
#define MASS_BITS 40
#define BINS 2048
#define MOST_KEPT 32
#define MERGE_THREADS 128

struct Logits
{
    const float* values;
    const int* banned;
    i64 row_stride;
    int rows, vocabulary, banned_count;
    float scale;
};

struct SampleTokensArguments
{
    Logits logits;
    const double* randoms;
    int* chosen;
    double top_p;
};

struct BeamCandidatesArguments
{
    Logits logits;
    const double* beam_scores;
    int* ids;
    double* scores;
    int keep;
};

struct BeamMergeArguments
{
    const int* ids;
    const double* scores;
    int *best_beams, *best_ids;
    double* best_scores;
    int items, beams, keep;
};

DEVICE float minus_infinity() { return bits_as<float>(0xff800000u); }

struct Row
{
    const float* values;
    const int* banned;
    int vocabulary, banned_count;
    float scale, largest;
};

DEVICE float logit(const Row& row, int id)
{
    for (int i = 0; i < row.banned_count; i++)
        if (row.banned[i] == id)
            return minus_infinity();
    return row.values[id];
}

// Larger logits have larger keys, and no two tokens the same.
DEVICE u64 key_of(float value, int id)
{
    const u32 bits = bits_as<u32>(value);
    return (u64)(bits ^ (bits >> 31 ? ~0u : 1u << 31)) << ID_BITS | (u64)((1 << ID_BITS) - 1 - id);
}

// 2^40 * 2^((value - largest) * scale), rounded down.
DEVICE u64 mass_of(const Row& row, float value)
{
    const float power = (value - row.largest) * row.scale;
    if (!(power > -60.0f))
        return 0;
    const float whole = nearest(power), part = power - whole;
    float sum = 1.5252734e-5f; // of the series of 2^x: ln(2)^k / k!
    sum = fused(sum, part, 1.5403530e-4f);
    sum = fused(sum, part, 1.3333558e-3f);
    sum = fused(sum, part, 9.6181291e-3f);
    sum = fused(sum, part, 5.5504109e-2f);
    sum = fused(sum, part, 2.4022651e-1f);
    sum = fused(sum, part, 6.9314718e-1f);
    sum = fused(sum, part, 1.0f);
    return (u64)(sum * bits_as<float>((u32)((int)whole + MASS_BITS + 127) << 23));
}

// Natural logarithm of a positive number, by the series of the inverse hyperbolic tangent.
DEVICE double logarithm(double value)
{
    const u64 bits = bits_as<u64>(value);
    int exponent = (int)(bits >> 52) - 1023;
    double part = bits_as<double>((bits & ((1ull << 52) - 1)) | (1023ull << 52));
    if (part > 1.4142135623730951)
    {
        part = part / 2;
        exponent++;
    }
    const double x = (part - 1) / (part + 1), square = x * x;
    double sum = 0;
    for (int k = 23; k >= 1; k -= 2)
        sum = fused(sum, square, 1.0 / k);
    return fused((double)exponent, 0.6931471805599453, 2 * x * sum);
}

// A row of the batch with its largest logit; false when a logit is NaN or infinite, or none is finite.
DEVICE bool open_row(const Logits& logits, Row& row)
{
    SHARED u32 bad[WARPS];
    SHARED float largest[WARPS];
    row.values = logits.values + block_x() * logits.row_stride;
    row.banned = logits.banned;
    row.banned_count = logits.banned_count;
    row.vocabulary = logits.vocabulary;
    row.scale = logits.scale;

    u32 found_bad = 0;
    float found = minus_infinity();
    for (int id = thread_index(); id < row.vocabulary; id += THREADS)
    {
        const float value = logit(row, id);
        if (!(value <= 3.402823466e38f)) // NaN too
            found_bad = 1;
        else
            found = most(found, value);
    }
#pragma unroll
    for (int mask = WARP / 2; mask > 0; mask /= 2)
    {
        found = most(found, bits_as<float>(shuffle_xor(bits_as<u32>(found), mask)));
        found_bad |= shuffle_xor(found_bad, mask);
    }
    if (lane_index() == 0)
    {
        bad[warp_index()] = found_bad;
        largest[warp_index()] = found;
    }
    block_barrier();
    for (int warp = 0; warp < WARPS; warp++)
    {
        found = most(found, largest[warp]);
        found_bad |= bad[warp];
    }
    row.largest = found;
    return !found_bad && found > minus_infinity();
}

// Tokens stay whose key, without its last `shift` bits, is at least `prefix`.
struct Border { u64 prefix, mass; int shift; };

DEVICE bool stays(const Border& border, u64 key) { return key >> border.shift >= border.prefix; }

// The border above which the likeliest tokens first reach the wanted mass. By_mass: probabilities; otherwise each token counts 1.
template <bool by_mass>
DEVICE Border find_border(const Row& row, u64 wanted)
{
    SHARED u64 mass[BINS];
    SHARED u32 count[BINS];
    SHARED u64 warps[WARPS];
    SHARED struct { u64 before, mass; u32 count, digit; } found;
    const int bins_a_thread = BINS / THREADS;

    Border border = { 0, 0, 32 + ID_BITS };
    while (border.shift > 0)
    {
        // 11 + 11 + 10 bits of the logit, then 11 + 11 of the id, which tell equal logits apart.
        const int digit_bits = border.shift == 32 ? 10 : 11, shift = border.shift - digit_bits;
        for (int i = thread_index(); i < BINS; i += THREADS)
        {
            mass[i] = 0;
            count[i] = 0;
        }
        block_barrier();
        for (int id = thread_index(); id < row.vocabulary; id += THREADS)
        {
            const float value = logit(row, id);
            const u64 key = key_of(value, id), weight = by_mass ? mass_of(row, value) : 1;
            if (weight == 0 || key >> border.shift != border.prefix)
                continue;
            const int digit = (int)(key >> shift) & ((1 << digit_bits) - 1);
            atomic_add(&mass[digit], weight);
            atomic_add(&count[digit], 1u);
        }
        block_barrier();

        // From the largest digit down: each thread has some bins, and finds what lies above them.
        const int top = BINS - 1 - thread_index() * bins_a_thread;
        u64 own = 0;
        for (int i = 0; i < bins_a_thread; i++)
            own += mass[top - i];
        const u64 up_to = warp_running_sum(own);
        if (lane_index() == WARP - 1)
            warps[warp_index()] = up_to;
        block_barrier();
        u64 above = border.mass + up_to - own;
        for (int warp = 0; warp < warp_index(); warp++)
            above += warps[warp];
        if (above < wanted && above + own >= wanted)
        {
            int digit = top;
            while (above + mass[digit] < wanted)
                above += mass[digit--];
            found.before = above;
            found.mass = mass[digit];
            found.count = count[digit];
            found.digit = (u32)digit;
        }
        block_barrier();
        border.prefix = border.prefix << digit_bits | found.digit;
        border.shift = shift;
        border.mass = found.before;
        if (found.count == 1 || found.before + found.mass == wanted)
            break; // the whole bin stays
    }
    border.mass += found.mass;
    return border;
}

KERNEL(sample_tokens, THREADS, SampleTokensArguments)
{
    SHARED u64 warps[WARPS], slices[WARPS];
    Row row;
    if (!open_row(arguments.logits, row))
    {
        if (thread_index() == 0)
            arguments.chosen[block_x()] = -1;
        return; // the whole block
    }
    u64 own = 0;
    for (int id = thread_index(); id < row.vocabulary; id += THREADS)
        own += mass_of(row, logit(row, id));
    const u64 total = block_sum<THREADS>(own, warps);

    const double share = arguments.top_p * (double)total;
    u64 wanted = share > 0 ? (u64)share : 0;
    if ((double)wanted < share)
        wanted++;
    const Border border = find_border<true>(row, least(most(wanted, (u64)1), total));
    const u64 target = least((u64)(arguments.randoms[block_x()] * (double)border.mass), border.mass - 1);

    // In order of ids: each warp sums a slice, and the one whose slice holds the target finds the token.
    const int slice = (row.vocabulary + WARPS - 1) / WARPS;
    const int first = warp_index() * slice, end = least(first + slice, row.vocabulary);
    u64 part = 0;
    for (int id = first + lane_index(); id < end; id += WARP)
    {
        const float value = logit(row, id);
        if (stays(border, key_of(value, id)))
            part += mass_of(row, value);
    }
    part = warp_sum(part);
    if (lane_index() == 0)
        slices[warp_index()] = part;
    block_barrier();
    u64 before = 0;
    for (int warp = 0; warp < warp_index(); warp++)
        before += slices[warp];
    if (before > target || before + part <= target)
        return; // a whole warp
    for (int start = first; before <= target; start += WARP)
    {
        const int id = start + lane_index();
        u64 mass = 0;
        if (id < end)
        {
            const float value = logit(row, id);
            if (stays(border, key_of(value, id)))
                mass = mass_of(row, value);
        }
        const u64 up_to = before + warp_running_sum(mass);
        if (up_to > target && up_to - mass <= target)
            arguments.chosen[block_x()] = id;
        before = shuffle_from(up_to, WARP - 1);
    }
}

KERNEL(beam_candidates, THREADS, BeamCandidatesArguments)
{
    SHARED u64 warps[WARPS];
    SHARED u64 keys[MOST_KEPT];
    SHARED u32 kept;
    const int keep = arguments.keep;
    int* ids = arguments.ids + (i64)block_x() * keep;
    double* scores = arguments.scores + (i64)block_x() * keep;
    Row row;
    if (!open_row(arguments.logits, row))
    {
        if (thread_index() < keep)
        {
            ids[thread_index()] = -1;
            scores[thread_index()] = (double)minus_infinity();
        }
        return; // the whole block
    }
    if (thread_index() == 0)
        kept = 0;
    u64 own = 0;
    for (int id = thread_index(); id < row.vocabulary; id += THREADS)
        own += mass_of(row, logit(row, id));
    const u64 total = block_sum<THREADS>(own, warps);

    const Border border = find_border<false>(row, (u64)keep);
    for (int id = thread_index(); id < row.vocabulary; id += THREADS)
    {
        const u64 key = key_of(logit(row, id), id);
        if (stays(border, key))
            keys[atomic_add(&kept, 1u)] = key;
    }
    block_barrier();
    if (thread_index() >= keep)
        return;
    const u64 key = keys[thread_index()];
    int rank = 0;
    for (int i = 0; i < keep; i++)
        rank += keys[i] > key;
    const int id = (1 << ID_BITS) - 1 - (int)(key & ((1 << ID_BITS) - 1));
    const double log_total = logarithm((double)total) - MASS_BITS * 0.6931471805599453;
    ids[rank] = id;
    scores[rank] = arguments.beam_scores[block_x()] + ((double)logit(row, id) - (double)row.largest - log_total);
}

KERNEL(beam_merge, MERGE_THREADS, BeamMergeArguments)
{
    const int keep = arguments.keep, count = arguments.beams * keep;
    const int* ids = arguments.ids + (i64)block_x() * count;
    const double* scores = arguments.scores + (i64)block_x() * count;
    bool bad = false;
    for (int beam = 0; beam < arguments.beams; beam++)
        bad |= ids[beam * keep] < 0;
    for (int i = thread_index(); i < count; i += MERGE_THREADS)
    {
        int rank = 0;
        for (int other = 0; other < count && rank < keep; other++)
            rank += bad ? other < i : scores[other] > scores[i] || (scores[other] == scores[i] && other < i);
        if (rank >= keep)
            continue;
        const i64 at = (i64)block_x() * keep + rank;
        arguments.best_beams[at] = bad ? -1 : i / keep;
        arguments.best_ids[at] = bad ? -1 : ids[i];
        arguments.best_scores[at] = bad ? (double)minus_infinity() : scores[i];
    }
}
