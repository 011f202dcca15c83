// The next tokens, chosen on the device, so that only their ids come back.
//
// Probabilities are whole numbers: 2^40 times exp((logit - largest) * scale), rounded down, by a polynomial of our own. Sums of them do not
// depend on their order, so a choice is the same on every device and on a CPU. A vocabulary may have up to 2^22 tokens. Of equal logits the
// lower id comes first. Nothing is sorted: the border between the tokens that stay and the rest is found digit by digit.
//
// Of all   logits: where each row's begin, f32, f16 or bf16, which `type` says; banned: tokens that count as minus infinity (those that end a text that is too short);
//          seen [row] one bit a token, (vocabulary + 31) / 32 words, or null: those that a text has already. Their score is multiplied by
//          `repetition` when it is below 0, else divided; the score is the logit when one text is written, its log-probability when beams are.
//          scale: log2(e) / temperature. top_k: only the likeliest so many stay, and those that are equal to the last of them; 0: all.
//          top_p: of these the likeliest stay that together reach it.
//
// sample_tokens       one of the tokens that stay, at random; with top_p 0 the likeliest.
// In      randoms [row] f64 in 0..1 (1 excluded).
// Out     chosen[row]: an id, or -1 when the row holds a NaN or infinity, or nothing but banned tokens.
// Grid    x: rows; 512 threads.
// Moves   4 (or 2) * vocabulary bytes a row once; the one (where the likeliest is taken) to nine further passes over the row find it in cache.
//
// beam_candidates     the `keep` likeliest tokens of each beam, with their scores; keep <= 256, not above the vocabulary.
// In      beam_scores [row] f64. scale: log2(e), as beams that are not sampled have temperature 1.
// Out     ids[row][keep], scores[row][keep] f64: beam score + log softmax, penalised, best first (minus infinity for a banned token);
//         ids are -1 when the row holds a NaN or infinity, or nothing else than minus infinity.
// Grid    x: rows; 512 threads. Moves as sample_tokens.
//
// beam_merge          the `keep` best of all beams of an item.
// In      ids, scores as of beam_candidates; first_rows [item + 1]: an item's rows go from its own to the next one's. Out: best_beams, best_ids [item][keep], best_scores [item][keep] f64, best first; all -1 when
//         one of its beams said so. At equal scores the lower beam comes first. Grid x: items; 128 threads. Moves 12 * keep bytes a row.
//
// beam_nucleus        which tokens of each beam stay, at least `least_kept`.
// Out     kept[row], for beam_draws. Grid x: rows; 512 threads. Moves as sample_tokens.
//
// beam_draws          `keep` tokens of all beams of an item, drawn by their beams' scores one after the other without putting back; keep <= 256,
//                     an item's rows <= 512, together up to 2^23 tokens.
// In      kept as beam_nucleus gave it, first_rows as of beam_merge, beam_scores [row] f64, randoms [item][keep] f64. Each token's score is its beam's + its log softmax,
//         penalised, over the temperature.
// Out     best_beams, best_ids, best_scores as of beam_merge; -1 and minus infinity behind the last where fewer stay than are to be drawn.
// Grid    x: items; 512 threads. Moves 4 (or 2) * vocabulary bytes a row once; a draw reads a part of 1 / 512 of it again, from cache.
//
// Twin    Models/Generation/HostTokenPicker, but for probabilities in f64: the same ids, unless a random number lies within 1e-6 of the border
//         between two; scores within 1e-5. The plain formula with the same whole numbers, sorted, in the tests: ids equal, scores within 1e-12.
#include "cuda.h"

#define THREADS 512
#define WARPS (THREADS / WARP)
#define ID_BITS 22
#define MASS_BITS 40
#define BINS 2048
#define MOST_KEPT 256
#define LOG2_E 1.44269504f
#define LN_2 0.6931471805599453
#define MERGE_THREADS 128

struct Logits
{
    const void* const* values;
    const int* banned;
    const u32* seen;
    int rows, vocabulary, banned_count;
    float scale, repetition;
    int type;
};

enum { F32, F16, BF16 };

struct SampleTokensArguments
{
    Logits logits;
    const double* randoms;
    int* chosen;
    double top_p;
    int top_k;
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
    const int *first_rows, *ids;
    const double* scores;
    int *best_beams, *best_ids;
    double* best_scores;
    int items, keep;
};

// What stays of a beam: tokens whose key is at least `border`. State: -1 as an id, 0 when no token can be drawn, else 1.
struct Kept { u64 border; double normaliser; float largest; int state; };

struct BeamNucleusArguments
{
    Logits logits;
    Kept* kept;
    double top_p;
    int top_k, least_kept;
};

struct BeamDrawsArguments
{
    Logits logits;
    const int* first_rows;
    const Kept* kept;
    const double *beam_scores, *randoms;
    int *best_beams, *best_ids;
    double* best_scores;
    double temperature;
    int items, keep;
};

DEVICE float minus_infinity() { return bits_as<float>(0xff800000u); }

// Its scores are values less the normaliser, which is 0 when one text is written.
struct Row
{
    const void* values;
    const int* banned;
    const u32* seen;
    int vocabulary, banned_count, type;
    float scale, repetition, normaliser, largest, offset;
};

DEVICE bool is_banned(const Row& row, int id)
{
    for (int i = 0; i < row.banned_count; i++)
        if (row.banned[i] == id)
            return true;
    return false;
}

DEVICE bool is_seen(const Row& row, int id) { return row.seen && row.seen[id / 32] >> id % 32 & 1; }

DEVICE float value_at(const Row& row, int id)
{
    if (row.type == F32)
        return ((const float*)row.values)[id];
    const u32 bits = ((const u16*)row.values)[id];
    if (row.type == BF16)
        return bits_as<float>(bits << 16);
    const u32 magnitude = (bits & 0x7fff) << 13, sign = bits >> 15 << 31;
    return bits_as<float>(sign | (magnitude >= 0x7c00 << 13 ? 0x70000000 + magnitude // infinite, or no number
        : bits_as<u32>(bits_as<float>(magnitude) * bits_as<float>(0x77800000u)))); // times 2^112, between the two exponents; exact
}

template <typename T>
DEVICE T penalised(T score, float repetition) { return score < 0 ? score * repetition : score / repetition; }

DEVICE float logit(const Row& row, int id)
{
    if (is_banned(row, id))
        return minus_infinity();
    const float value = value_at(row, id);
    return is_seen(row, id) ? row.normaliser + penalised(value - row.normaliser, row.repetition) : value;
}

// The same for a beam, less its normaliser, as exactly as can be.
DEVICE double log_probability(const Row& row, double normaliser, int id)
{
    if (is_banned(row, id))
        return (double)minus_infinity();
    const double score = (double)value_at(row, id) - normaliser;
    return is_seen(row, id) ? penalised(score, row.repetition) : score;
}

// Larger logits have larger keys, and no two tokens the same.
DEVICE u64 key_of(float value, int id)
{
    const u32 bits = bits_as<u32>(value);
    return (u64)(bits ^ (bits >> 31 ? ~0u : 1u << 31)) << ID_BITS | (u64)((1 << ID_BITS) - 1 - id);
}

// 2^40 * 2^((value - largest) * scale + offset), rounded down.
DEVICE u64 mass_of(const Row& row, float value)
{
    const float power = (value - row.largest) * row.scale + row.offset;
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
    return fused((double)exponent, LN_2, 2 * x * sum);
}

// A row as the model gave it.
DEVICE Row row_of(const Logits& logits, int number)
{
    return { logits.values[number], logits.banned, 0, logits.vocabulary, 0, logits.type, logits.scale, logits.repetition, 0, 0, 0 };
}

DEVICE void apply_rules(const Logits& logits, int number, Row& row)
{
    row.banned_count = logits.banned_count;
    if (logits.seen)
        row.seen = logits.seen + (i64)number * ((logits.vocabulary + 31) / 32);
}

// The largest logit; false when one is NaN or infinite, or none is finite.
DEVICE bool find_largest(Row& row)
{
    SHARED u32 bad[WARPS];
    SHARED float largest[WARPS];
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

// The lowest id whose logit is the largest, which is known.
DEVICE int first_of_largest(const Row& row)
{
    SHARED int firsts[WARPS];
    int first = row.vocabulary;
    for (int id = thread_index(); id < row.vocabulary && first == row.vocabulary; id += THREADS)
        if (logit(row, id) == row.largest)
            first = id;
#pragma unroll
    for (int mask = WARP / 2; mask > 0; mask /= 2)
        first = least(first, (int)shuffle_xor((u32)first, mask));
    if (lane_index() == 0)
        firsts[warp_index()] = first;
    block_barrier();
    for (int warp = 0; warp < WARPS; warp++)
        first = least(first, firsts[warp]);
    return first;
}

// The mass of the tokens whose key is at least `border`.
DEVICE u64 mass_from(const Row& row, u64 border, int id)
{
    const float value = logit(row, id);
    return key_of(value, id) >= border ? mass_of(row, value) : 0;
}

DEVICE u64 total_mass(const Row& row, u64 border)
{
    SHARED u64 warps[WARPS];
    u64 own = 0;
    for (int id = thread_index(); id < row.vocabulary; id += THREADS)
        own += mass_from(row, border, id);
    return block_sum<THREADS>(own, warps);
}

// The row of a beam; false when its scores are no numbers. Log-probabilities are those of the row as the model gave it.
DEVICE bool open_beam(const Logits& logits, Row& row, double& normaliser)
{
    row = row_of(logits, block_x());
    if (!find_largest(row))
        return false;
    row.scale = LOG2_E;
    normaliser = (double)row.largest + (logarithm((double)total_mass(row, 0)) - MASS_BITS * LN_2);
    row.normaliser = (float)normaliser;
    row.scale = logits.scale;
    apply_rules(logits, block_x(), row);
    return true;
}

// One for all searches of a block, which follow each other: two would not fit the 48 KiB that a block may have without asking.
struct Bins
{
    u32 low[BINS], high[BINS], count[BINS]; // masses by halves: cards add 32 bits in shared memory in one step, 64 only by trying again
    u64 warps[WARPS];
    struct { u64 before, mass; u32 count, digit; } found;
};

DEVICE Bins& shared_bins()
{
    SHARED Bins bins;
    return bins;
}

DEVICE void add_mass(Bins& bins, int bin, u64 mass)
{
    const u32 low = (u32)mass, before = atomic_add(&bins.low[bin], low), high = (u32)(mass >> 32) + (before + low < before);
    if (high)
        atomic_add(&bins.high[bin], high);
}

// The least key of the likeliest tokens that together first reach what is wanted. By_mass: probabilities; otherwise each token counts 1.
// The key's last bits may be left open: then tokens stay that differ in them alone.
template <bool by_mass>
DEVICE u64 find_border(const Row& row, u64 wanted, int open_bits = 0)
{
    Bins& bins = shared_bins();
    const auto mass_in = [&](int bin) { return by_mass ? (u64)bins.high[bin] << 32 | bins.low[bin] : bins.count[bin]; };
    const int bins_a_thread = BINS / THREADS;

    u64 prefix = 0, before = 0;
    int left = 32 + ID_BITS;
    while (left > open_bits)
    {
        // 11 + 11 + 10 bits of the logit, then 11 + 11 of the id, which tell equal logits apart.
        const int digit_bits = left == 32 ? 10 : 11, shift = left - digit_bits;
        for (int i = thread_index(); i < BINS; i += THREADS)
        {
            if (by_mass)
                bins.low[i] = bins.high[i] = 0;
            bins.count[i] = 0;
        }
        block_barrier();
        for (int id = thread_index(); id < row.vocabulary; id += THREADS)
        {
            const float value = logit(row, id);
            const u64 key = key_of(value, id), weight = by_mass ? mass_of(row, value) : 1;
            if (weight == 0 || key >> left != prefix)
                continue;
            const int digit = (int)(key >> shift) & ((1 << digit_bits) - 1);
            if (by_mass)
                add_mass(bins, digit, weight);
            atomic_add(&bins.count[digit], 1u);
        }
        block_barrier();

        // From the largest digit down: each thread has some bins, and finds what lies above them.
        const int top = BINS - 1 - thread_index() * bins_a_thread;
        u64 own = 0;
        for (int i = 0; i < bins_a_thread; i++)
            own += mass_in(top - i);
        const u64 up_to = warp_running_sum(own);
        if (lane_index() == WARP - 1)
            bins.warps[warp_index()] = up_to;
        block_barrier();
        u64 above = before + up_to - own;
        for (int warp = 0; warp < warp_index(); warp++)
            above += bins.warps[warp];
        if (above < wanted && above + own >= wanted)
        {
            int digit = top;
            while (above + mass_in(digit) < wanted)
                above += mass_in(digit--);
            bins.found.before = above;
            bins.found.mass = mass_in(digit);
            bins.found.count = bins.count[digit];
            bins.found.digit = (u32)digit;
        }
        block_barrier();
        prefix = prefix << digit_bits | bins.found.digit;
        left = shift;
        before = bins.found.before;
        if (bins.found.count == 1 || before + bins.found.mass == wanted)
            break; // the whole bin stays
    }
    return prefix << left;
}

// The least key that top-k and top-p leave of a row whose largest logit is known.
DEVICE u64 sampling_border(const Row& row, int top_k, double top_p, int least_kept)
{
    u64 border = 0;
    if (top_k > 0 && most(top_k, least_kept) < row.vocabulary)
        border = find_border<false>(row, (u64)most(top_k, least_kept), ID_BITS);
    if (top_p >= 1)
        return border;
    const u64 total = total_mass(row, border);
    const double share = top_p * (double)total;
    u64 wanted = share > 0 ? (u64)share : 0;
    if ((double)wanted < share)
        wanted++;
    border = find_border<true>(row, least(most(wanted, (u64)1), total));
    return least_kept > 1 ? least(border, find_border<false>(row, (u64)least(least_kept, row.vocabulary))) : border;
}

// In order of ids, a warp's lanes look for the token at which the masses from `before` on first exceed the target, which a slice holds;
// calls `take` with it and its mass in one lane.
template <typename MassOf, typename Take>
DEVICE void find_target(int first, int end, u64 before, u64 target, MassOf mass_of_id, Take take)
{
    for (int start = first; before <= target; start += WARP)
    {
        const int id = start + lane_index();
        const u64 mass = id < end ? mass_of_id(id) : 0;
        const u64 up_to = before + warp_running_sum(mass);
        if (up_to > target && up_to - mass <= target)
            take(id, mass);
        before = shuffle_from(up_to, WARP - 1);
    }
}

DEVICE u64 target_of(double random, u64 total) { return least((u64)(random * (double)total), total - 1); }

KERNEL(sample_tokens, THREADS, SampleTokensArguments)
{
    SHARED u64 slices[WARPS];
    Row row = row_of(arguments.logits, block_x());
    apply_rules(arguments.logits, block_x(), row);
    if (!find_largest(row))
    {
        if (thread_index() == 0)
            arguments.chosen[block_x()] = -1;
        return; // the whole block
    }
    if (arguments.top_p <= 0)
    {
        const int likeliest = first_of_largest(row);
        if (thread_index() == 0)
            arguments.chosen[block_x()] = likeliest;
        return; // the whole block
    }
    const u64 border = sampling_border(row, arguments.top_k, arguments.top_p, 1);

    // Each warp sums a slice, and the one whose slice holds the target finds the token.
    const int slice = (row.vocabulary + WARPS - 1) / WARPS;
    const int first = warp_index() * slice, end = least(first + slice, row.vocabulary);
    u64 part = 0;
    for (int id = first + lane_index(); id < end; id += WARP)
        part += mass_from(row, border, id);
    part = warp_sum(part);
    if (lane_index() == 0)
        slices[warp_index()] = part;
    block_barrier();
    u64 before = 0, total = 0;
    for (int warp = 0; warp < WARPS; warp++)
    {
        if (warp < warp_index())
            before += slices[warp];
        total += slices[warp];
    }
    const u64 target = target_of(arguments.randoms[block_x()], total);
    if (before > target || before + part <= target)
        return; // a whole warp
    find_target(first, end, before, target, [&](int id) { return mass_from(row, border, id); },
        [&](int id, u64) { arguments.chosen[block_x()] = id; });
}

KERNEL(beam_candidates, THREADS, BeamCandidatesArguments)
{
    SHARED u64 keys[MOST_KEPT];
    SHARED u32 kept;
    const int keep = arguments.keep;
    int* ids = arguments.ids + (i64)block_x() * keep;
    double* scores = arguments.scores + (i64)block_x() * keep;
    Row row;
    double normaliser;
    if (!open_beam(arguments.logits, row, normaliser))
    {
        if (thread_index() < keep)
        {
            ids[thread_index()] = -1;
            scores[thread_index()] = (double)minus_infinity();
        }
        return; // the whole block
    }
    if (thread_index() == 0)
        kept = 0; // the search for the border has barriers
    const u64 border = find_border<false>(row, (u64)keep);
    for (int id = thread_index(); id < row.vocabulary; id += THREADS)
    {
        const u64 key = key_of(logit(row, id), id);
        if (key >= border)
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
    ids[rank] = id;
    scores[rank] = arguments.beam_scores[block_x()] + log_probability(row, normaliser, id);
}

KERNEL(beam_nucleus, THREADS, BeamNucleusArguments)
{
    Kept kept = { 0, 0, minus_infinity(), -1 };
    Row row;
    if (open_beam(arguments.logits, row, kept.normaliser))
    {
        kept.state = find_largest(row);
        if (kept.state)
            kept.border = sampling_border(row, arguments.top_k, arguments.top_p, arguments.least_kept);
        kept.largest = row.largest;
    }
    if (thread_index() == 0)
        arguments.kept[block_x()] = kept;
}

KERNEL(beam_draws, THREADS, BeamDrawsArguments)
{
    SHARED u64 slices[THREADS], warps[WARPS];
    SHARED struct { u64 before; int slice; } found;
    SHARED struct { double score; int beam, id; } drawn[MOST_KEPT];
    const int first_row = arguments.first_rows[block_x()], beams = arguments.first_rows[block_x() + 1] - first_row, keep = arguments.keep;
    const double temperature = arguments.temperature;

    bool bad = false;
    double best = (double)minus_infinity();
    for (int beam = 0; beam < beams; beam++)
    {
        const Kept& kept = arguments.kept[first_row + beam];
        bad |= kept.state < 0;
        if (kept.state > 0)
            best = most(best, arguments.beam_scores[first_row + beam] + ((double)kept.largest - kept.normaliser) / temperature);
    }
    const auto open = [&](int beam, Row& row)
    {
        const Kept& kept = arguments.kept[first_row + beam];
        row = row_of(arguments.logits, first_row + beam);
        apply_rules(arguments.logits, first_row + beam, row);
        row.normaliser = (float)kept.normaliser;
        row.largest = kept.largest;
        row.offset = (float)((arguments.beam_scores[first_row + beam] + ((double)kept.largest - kept.normaliser) / temperature - best) * (1 / LN_2));
        return kept;
    };

    // The tokens of the beams one after the other are cut into slices, those of each beam into as many.
    const int a_beam = THREADS / beams, length = (arguments.logits.vocabulary + a_beam - 1) / a_beam;
    for (int slice = warp_index(); slice < THREADS; slice += WARPS)
    {
        u64 sum = 0;
        if (slice < beams * a_beam && !bad)
        {
            Row row;
            const Kept kept = open(slice / a_beam, row);
            const int first = slice % a_beam * length, end = least(first + length, row.vocabulary);
            if (kept.state > 0)
                for (int id = first + lane_index(); id < end; id += WARP)
                    sum += mass_from(row, kept.border, id);
        }
        sum = warp_sum(sum);
        if (lane_index() == 0)
            slices[slice] = sum;
    }

    int count = 0;
    for (; count < keep; count++)
    {
        block_barrier();
        const u64 own = slices[thread_index()], up_to = warp_running_sum(own);
        if (lane_index() == WARP - 1)
            warps[warp_index()] = up_to;
        block_barrier();
        u64 before = up_to - own, total = 0;
        for (int warp = 0; warp < WARPS; warp++)
        {
            if (warp < warp_index())
                before += warps[warp];
            total += warps[warp];
        }
        if (total == 0)
            break; // the whole block
        const u64 target = target_of(arguments.randoms[(i64)block_x() * keep + count], total);
        if (before <= target && before + own > target)
        {
            found.before = before;
            found.slice = thread_index();
        }
        block_barrier();
        if (warp_index() > 0)
            continue;
        Row row;
        const int slice = found.slice, beam = slice / a_beam, first = slice % a_beam * length;
        const Kept kept = open(beam, row);
        const auto left = [&](int id)
        {
            for (int i = 0; i < count; i++)
                if (drawn[i].beam == beam && drawn[i].id == id)
                    return (u64)0;
            return mass_from(row, kept.border, id);
        };
        find_target(first, least(first + length, row.vocabulary), found.before, target, left, [&](int id, u64 mass)
        {
            drawn[count].beam = beam;
            drawn[count].id = id;
            drawn[count].score = arguments.beam_scores[first_row + beam] + log_probability(row, kept.normaliser, id) / temperature;
            slices[slice] -= mass;
        });
    }

    // Best first; of equals the one that was drawn first.
    block_barrier();
    if (thread_index() >= keep)
        return;
    int rank = thread_index();
    if (rank < count)
    {
        rank = 0;
        for (int i = 0; i < count; i++)
            rank += drawn[i].score > drawn[thread_index()].score || (drawn[i].score == drawn[thread_index()].score && i < thread_index());
    }
    const i64 at = (i64)block_x() * keep + rank;
    const bool is = thread_index() < count;
    arguments.best_beams[at] = is ? drawn[thread_index()].beam : -1;
    arguments.best_ids[at] = is ? drawn[thread_index()].id : -1;
    arguments.best_scores[at] = is ? drawn[thread_index()].score : (double)minus_infinity();
}

KERNEL(beam_merge, MERGE_THREADS, BeamMergeArguments)
{
    const int first_row = arguments.first_rows[block_x()], beams = arguments.first_rows[block_x() + 1] - first_row;
    const int keep = arguments.keep, count = beams * keep;
    const int* ids = arguments.ids + (i64)first_row * keep;
    const double* scores = arguments.scores + (i64)first_row * keep;
    bool bad = false;
    for (int beam = 0; beam < beams; beam++)
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
