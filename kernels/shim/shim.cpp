#include "../cuda.h"
#include <csetjmp>
#include <memory>
#include <mutex>
#include <ucontext.h>
#include <vector>

namespace shim
{
namespace
{
enum class State { Ready, AtBlock, AtWarp, Ended };

struct Fiber
{
    State state = State::Ended;
    bool started = false;
    int side = 0; // which of the warp's two rows of slots the next exchange uses
    jmp_buf resume;
    ucontext_t start;
    std::unique_ptr<char[]> stack;
};

struct Warp { int waiting; u64 slots[2][WARP]; };

const size_t StackBytes = 128 * 1024;

std::mutex one_launch; // shared memory is static memory here
std::vector<std::unique_ptr<Fiber>> fibers;
std::vector<Warp> warps;
jmp_buf scheduler;
ucontext_t unused;
void (*body)(const void*);
const void* given;
int block_threads, at_block;

// _setjmp and _longjmp change stacks without a system call; makecontext is for the first step onto a stack only.
void leave(State state)
{
    Fiber& fiber = *fibers[here.thread];
    fiber.state = state;
    if (!_setjmp(fiber.resume))
        _longjmp(scheduler, 1);
}

void run_forever()
{
    for (;;)
    {
        body(given);
        leave(State::Ended);
    }
}

void enter(int thread)
{
    Fiber& fiber = *fibers[thread];
    here.thread = thread;
    if (_setjmp(scheduler))
        return;
    if (fiber.started)
        _longjmp(fiber.resume, 1);
    fiber.started = true;
    fiber.stack.reset(new char[StackBytes]);
    getcontext(&fiber.start);
    fiber.start.uc_stack.ss_sp = fiber.stack.get();
    fiber.start.uc_stack.ss_size = StackBytes;
    fiber.start.uc_link = &unused;
    makecontext(&fiber.start, run_forever, 0);
    setcontext(&fiber.start);
}

bool run_block(bool backwards)
{
    at_block = 0;
    for (Warp& warp : warps)
        warp.waiting = 0;
    for (int i = 0; i < block_threads; i++)
        fibers[i]->state = State::Ready, fibers[i]->side = 0;
    for (bool moved = true; moved;)
    {
        moved = false;
        for (int i = 0; i < block_threads; i++)
        {
            const int thread = backwards ? block_threads - 1 - i : i;
            if (fibers[thread]->state != State::Ready)
                continue;
            enter(thread);
            moved = true;
        }
    }
    for (int i = 0; i < block_threads; i++)
        if (fibers[i]->state != State::Ended)
            return false;
    return true;
}
}

Place here;

void wait_for_block()
{
    if (++at_block < block_threads)
        return leave(State::AtBlock);
    at_block = 0;
    for (int i = 0; i < block_threads; i++)
        if (i != here.thread)
            fibers[i]->state = State::Ready;
}

void wait_for_warp()
{
    const int first = here.thread / WARP * WARP;
    Warp& warp = warps[here.thread / WARP];
    if (++warp.waiting < WARP)
        return leave(State::AtWarp);
    warp.waiting = 0;
    for (int i = first; i < first + WARP; i++)
        if (i != here.thread)
            fibers[i]->state = State::Ready;
}

u64 exchange(u64 value, int lane)
{
    // Two rows of slots in turn: no lane can be two exchanges ahead of another, so none is written before it was read.
    const int side = fibers[here.thread]->side ^= 1;
    u64* slots = warps[here.thread / WARP].slots[side];
    slots[here.thread % WARP] = value;
    wait_for_warp();
    return slots[lane];
}

int launch(void (*thread)(const void*), const void* arguments, int threads, int x, int y, int z, int backwards)
{
    std::lock_guard<std::mutex> lock(one_launch);
    body = thread;
    given = arguments;
    block_threads = threads;
    warps.resize(threads / WARP);
    while ((int)fibers.size() < threads)
        fibers.emplace_back(new Fiber);
    const i64 blocks = (i64)x * y * z;
    for (i64 i = 0; i < blocks; i++)
    {
        const i64 block = backwards ? blocks - 1 - i : i;
        here.block[0] = (int)(block % x);
        here.block[1] = (int)(block / x % y);
        here.block[2] = (int)(block / x / y);
        if (!run_block(backwards != 0))
        {
            fibers.clear(); // they stand in the middle of a kernel
            return 1;
        }
    }
    return 0;
}
}
