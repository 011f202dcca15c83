// The few words of CUDA that our kernels use, for three compilers: nvcc; clang without a CUDA toolkit (device code only);
// and any C++ compiler with shim/ in the place of a GPU (PANDA_SHIM).
// Every kernel takes one structure by value: a launch is one pointer, and the host mirrors one layout.
// All of it is built without contraction of products and sums, so that a GPU and a CPU round alike; fused() says where both fuse.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define WARP 32

#ifdef PANDA_SHIM
#include "shim/shim.h"
#else

#if defined(__clang__) && !defined(__NVCC__)
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __shared__ __attribute__((shared))
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(threads) __attribute__((launch_bounds(threads)))
#include <__clang_cuda_builtin_vars.h>
#endif

#define DEVICE static __device__ __forceinline__
#define SHARED static __shared__
#define KERNEL(name, threads, Arguments) \
    extern "C" __global__ void __launch_bounds__(threads) name(const Arguments arguments)

DEVICE int thread_index() { return (int)threadIdx.x; }
DEVICE int block_x() { return (int)blockIdx.x; }
DEVICE int block_y() { return (int)blockIdx.y; }
DEVICE int block_z() { return (int)blockIdx.z; }
DEVICE void block_barrier() { __syncthreads(); }

#if defined(__clang__) && !defined(__NVCC__)
DEVICE void warp_barrier() { __nvvm_bar_warp_sync(0xffffffffu); }
DEVICE u32 shuffle_xor(u32 value, int mask) { return (u32)__nvvm_shfl_sync_bfly_i32(0xffffffffu, (int)value, mask, WARP - 1); }
DEVICE u32 shuffle_up(u32 value, int lanes) { return (u32)__nvvm_shfl_sync_up_i32(0xffffffffu, (int)value, lanes, 0); }
DEVICE u32 shuffle_from(u32 value, int lane) { return (u32)__nvvm_shfl_sync_idx_i32(0xffffffffu, (int)value, lane, WARP - 1); }
DEVICE u32 atomic_add(u32* sum, u32 value) { return (u32)__nvvm_atom_add_gen_i((int*)sum, (int)value); }
DEVICE u64 atomic_add(u64* sum, u64 value) { return (u64)__nvvm_atom_add_gen_ll((i64*)sum, (i64)value); }
DEVICE float fused(float a, float b, float c) { return __nvvm_fma_rn_f(a, b, c); }
DEVICE double fused(double a, double b, double c) { return __nvvm_fma_rn_d(a, b, c); }
DEVICE double root(double value) { return __nvvm_sqrt_rn_d(value); }
DEVICE float nearest(float value) { return __builtin_rintf(value); }
#else
DEVICE void warp_barrier() { __syncwarp(); }
DEVICE u32 shuffle_xor(u32 value, int mask) { return __shfl_xor_sync(0xffffffffu, value, mask); }
DEVICE u32 shuffle_up(u32 value, int lanes) { return __shfl_up_sync(0xffffffffu, value, lanes); }
DEVICE u32 shuffle_from(u32 value, int lane) { return __shfl_sync(0xffffffffu, value, lane); }
DEVICE u32 atomic_add(u32* sum, u32 value) { return atomicAdd(sum, value); }
DEVICE u64 atomic_add(u64* sum, u64 value) { return atomicAdd(sum, value); }
DEVICE float fused(float a, float b, float c) { return __fmaf_rn(a, b, c); }
DEVICE double fused(double a, double b, double c) { return __fma_rn(a, b, c); }
DEVICE double root(double value) { return __dsqrt_rn(value); }
DEVICE float nearest(float value) { return rintf(value); }
#endif
#endif

DEVICE int lane_index() { return thread_index() % WARP; }
DEVICE int warp_index() { return thread_index() / WARP; }

template <typename To, typename From>
DEVICE To bits_as(From value)
{
    union { From from; To to; } both;
    both.from = value;
    return both.to;
}

DEVICE u64 shuffle_xor(u64 value, int mask)
{
    return (u64)shuffle_xor((u32)(value >> 32), mask) << 32 | shuffle_xor((u32)value, mask);
}

DEVICE double shuffle_xor(double value, int mask) { return bits_as<double>(shuffle_xor(bits_as<u64>(value), mask)); }

DEVICE u64 shuffle_up(u64 value, int lanes)
{
    return (u64)shuffle_up((u32)(value >> 32), lanes) << 32 | shuffle_up((u32)value, lanes);
}

DEVICE u64 shuffle_from(u64 value, int lane)
{
    return (u64)shuffle_from((u32)(value >> 32), lane) << 32 | shuffle_from((u32)value, lane);
}

// The sum over a warp, in every lane; always added in the same order.
template <typename T>
DEVICE T warp_sum(T value)
{
#pragma unroll
    for (int mask = WARP / 2; mask > 0; mask /= 2)
        value += shuffle_xor(value, mask);
    return value;
}

// What a lane and those before it have together.
DEVICE u64 warp_running_sum(u64 value)
{
#pragma unroll
    for (int lanes = 1; lanes < WARP; lanes *= 2)
    {
        const u64 before = shuffle_up(value, lanes);
        if (lane_index() >= lanes)
            value += before;
    }
    return value;
}

// The sum over a block, in every thread. All threads call it; `warps` holds one value a warp and may be used again after a barrier.
template <int threads, typename T>
DEVICE T block_sum(T value, T* warps)
{
    value = warp_sum(value);
    if (lane_index() == 0)
        warps[warp_index()] = value;
    block_barrier();
    T sum = warps[0];
    for (int i = 1; i < threads / WARP; i++)
        sum += warps[i];
    return sum;
}

template <typename T>
DEVICE T least(T a, T b) { return a < b ? a : b; }

template <typename T>
DEVICE T most(T a, T b) { return a > b ? a : b; }
