// A build of ONNX Runtime for cards, in front of the real library (REAL): it hands out that one's table of functions (SLOTS of them, whose order
// never changes) with its own in the places of those for the CUDA provider. What options these are given is written to the file that
// FAKE_PROVIDER_LOG names, and no session is made.
#include <dlfcn.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>

struct Base
{
    const void* const* (*table)(unsigned version);
    const char* (*version)();
};

static const void* slots[SLOTS];
static int options;

static const Base* real()
{
    static void* library = dlopen(REAL, RTLD_NOW | RTLD_LOCAL);
    static auto base = (const Base* (*)())dlsym(library, "OrtGetApiBase");
    return base();
}

static void log(const char* key, const char* value)
{
    const char* path = getenv("FAKE_PROVIDER_LOG");
    FILE* file = path ? fopen(path, "a") : nullptr;
    if (!file)
        return;
    fprintf(file, "%s=%s\n", key, value);
    fclose(file);
}

static void* providers(const char*** names, int* count)
{
    static const char* all[] = {"CUDAExecutionProvider", "CPUExecutionProvider"};
    *names = all;
    *count = 2;
    return nullptr;
}

static void* release_providers(char**, int) { return nullptr; }

static void* create(void** created)
{
    *created = &options;
    return nullptr;
}

static void* update(void*, const char* const* keys, const char* const* values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        log(keys[i], values[i]);
    return nullptr;
}

static void* append(void*, const void* given)
{
    log("appended", given == &options ? "these" : "others");
    auto status = (void* (*)(int, const char*))slots[0];
    return status(1, "no provider is in it");
}

static void release(void*) {}

static const void* const* table(unsigned version)
{
    auto found = real()->table(version);
    if (!found)
        return nullptr;
    memcpy(slots, found, sizeof slots);
    slots[125] = (void*)providers;
    slots[126] = (void*)release_providers;
    slots[204] = (void*)append;
    slots[205] = (void*)create;
    slots[206] = (void*)update;
    slots[208] = (void*)release;
    return slots;
}

static const char* version() { return real()->version(); }

extern "C" const Base* OrtGetApiBase()
{
    static const Base base = {table, version};
    return &base;
}
