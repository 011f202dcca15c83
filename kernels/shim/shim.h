// A GPU made of fibers: the threads of a block take turns on one CPU thread and change places at barriers and shuffles only.
// Blocks run one after the other, in either order; a kernel whose result depends on the order lacks a barrier.
#pragma once
#include <cmath>

namespace shim
{
struct Place { int thread, block[3]; };
extern Place here;

void wait_for_block();
void wait_for_warp();

// Gives a value to the other lanes of the warp and takes that of one of them.
u64 exchange(u64 value, int lane);

// 0 when every thread came to its end; 1 when some wait at a barrier that others will never reach.
int launch(void (*thread)(const void*), const void* arguments, int threads, int x, int y, int z, int backwards);
}

#define DEVICE static inline
#define SHARED static
#define KERNEL(name, threads, Arguments) \
    static void name##_thread(const Arguments& arguments); \
    extern "C" int name##_bytes() { return (int)sizeof(Arguments); } \
    extern "C" int name##_threads() { return threads; } \
    extern "C" int name(const void* arguments, int x, int y, int z, int backwards) \
    { \
        return shim::launch([](const void* given) { name##_thread(*(const Arguments*)given); }, arguments, threads, x, y, z, backwards); \
    } \
    static void name##_thread(const Arguments& arguments)

DEVICE int thread_index() { return shim::here.thread; }
DEVICE int block_x() { return shim::here.block[0]; }
DEVICE int block_y() { return shim::here.block[1]; }
DEVICE int block_z() { return shim::here.block[2]; }
DEVICE void block_barrier() { shim::wait_for_block(); }
DEVICE void warp_barrier() { shim::wait_for_warp(); }
DEVICE u32 shuffle_xor(u32 value, int mask) { return (u32)shim::exchange(value, thread_index() % WARP ^ mask); }
DEVICE u32 shuffle_from(u32 value, int lane) { return (u32)shim::exchange(value, lane); }
DEVICE u32 shuffle_up(u32 value, int lanes)
{
    const int from = thread_index() % WARP - lanes;
    return (u32)shim::exchange(value, from < 0 ? thread_index() % WARP : from);
}

template <typename T>
DEVICE T atomic_add(T* sum, T value)
{
    const T before = *sum;
    *sum += value;
    return before;
}

DEVICE float fused(float a, float b, float c) { return std::fma(a, b, c); }
DEVICE double fused(double a, double b, double c) { return std::fma(a, b, c); }
DEVICE double root(double value) { return std::sqrt(value); }
DEVICE float nearest(float value) { return std::nearbyint(value); }
