// A driver without a card: the entry points that Panda.Stream.Native/Cuda binds, over the machine's memory. Work of a stream is done only when
// somebody waits for it, so that memory which is let go of too early, or read too early, shows. Kernels are those of kernels/, as C++, linked into
// the same library. Written against the documentation of the CUDA driver API, not against cuda.h.
// libav finds in it what it looks for in libcuda.so.1, and uses it through its CUDA hardware context.
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace
{
enum { OK = 0, InvalidValue = 1, OutOfMemory = 2, NotInitialised = 3, InvalidDevice = 101, InvalidContext = 201, InvalidPtx = 218, UnsupportedPtx = 222,
       InvalidHandle = 400, NotFound = 500, NotReady = 600, IllegalAddress = 700, PeerEnabled = 704, LaunchFailed = 719, NotSupported = 801 };

const std::map<int, std::pair<const char*, const char*>> Errors = {
    { OK, { "CUDA_SUCCESS", "no error" } },
    { InvalidValue, { "CUDA_ERROR_INVALID_VALUE", "invalid argument" } },
    { OutOfMemory, { "CUDA_ERROR_OUT_OF_MEMORY", "out of memory" } },
    { NotInitialised, { "CUDA_ERROR_NOT_INITIALIZED", "initialization error" } },
    { 100, { "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected" } },
    { InvalidDevice, { "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal" } },
    { InvalidContext, { "CUDA_ERROR_INVALID_CONTEXT", "invalid device context" } },
    { InvalidPtx, { "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed" } },
    { UnsupportedPtx, { "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain." } },
    { InvalidHandle, { "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle" } },
    { NotFound, { "CUDA_ERROR_NOT_FOUND", "named symbol not found" } },
    { NotReady, { "CUDA_ERROR_NOT_READY", "device not ready" } },
    { IllegalAddress, { "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered" } },
    { PeerEnabled, { "CUDA_ERROR_PEER_ACCESS_ALREADY_ENABLED", "peer access is already enabled" } },
    { LaunchFailed, { "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure" } },
};

struct Context;
struct Stream { Context* context; std::deque<std::function<int()>> work; };
struct Event { Context* context; Stream* stream = nullptr; long recorded = 0, done = 0; };
struct Module { Context* context; std::string ptx; };
struct Function { Module* module; std::string name; int (*launch)(const void*, int, int, int, int); int (*bytes)(); int (*threads)(); };
struct Context { int device; int retained = 0; int lost = 0; size_t used = 0; std::set<Context*> peers; };

std::recursive_mutex everything;
int devices = 1, version = 12040, capability = 80;
size_t memory = 1 << 30;
bool initialised;
bool shares; // whether all memory is every card's, for libraries that allocate what is on a card from the machine's
long clock_ticks;
std::vector<std::unique_ptr<Context>> contexts;
std::set<Stream*> streams;
std::set<Event*> events;
std::set<Module*> modules;
std::vector<std::unique_ptr<Function>> functions;
std::map<char*, std::pair<size_t, Context*>> on_card;
std::map<char*, size_t> pinned;
std::map<std::string, std::pair<int, int>> failing; // call -> how many go well before, error
thread_local std::vector<Context*> current;

int fails(const char* call)
{
    auto found = failing.find(call);
    if (found == failing.end() || found->second.first-- > 0)
        return OK;
    const int error = found->second.second;
    failing.erase(found);
    return error;
}

int ready(const char* call)
{
    if (!initialised)
        return NotInitialised;
    if (current.empty())
        return InvalidContext;
    if (current.back()->lost)
        return current.back()->lost;
    return fails(call);
}

#define ENTER \
    std::lock_guard<std::recursive_mutex> lock(everything); \
    if (const int error = ready(__func__)) \
        return error

bool holds(const char* address, size_t bytes, Context* context)
{
    if (shares)
        return true;
    auto after = on_card.upper_bound((char*)address);
    if (after == on_card.begin())
        return false;
    --after;
    return after->second.second == context && address + bytes <= after->first + after->second.first;
}

bool is_pinned(const char* address, size_t bytes)
{
    auto after = pinned.upper_bound((char*)address);
    if (after == pinned.begin())
        return false;
    --after;
    return address + bytes <= after->first + after->second;
}

int one(Stream* stream)
{
    auto work = stream->work.front();
    stream->work.pop_front();
    const int error = stream->context->lost ? stream->context->lost : work();
    if (error)
        stream->context->lost = error;
    return error;
}

int all(Stream* stream)
{
    while (!stream->work.empty())
        if (const int error = one(stream))
            return error;
    return OK;
}

int until(Event* event, long number)
{
    while (events.count(event) && event->done < number && event->stream && !event->stream->work.empty())
        if (const int error = one(event->stream))
            return error;
    return OK;
}

int add(Stream* stream, std::function<int()> work)
{
    if (!streams.count(stream))
        return InvalidHandle;
    stream->work.push_back(work);
    return OK;
}
}

extern "C"
{
// What a test sets and sees.
void fake_machine(int count, int driver, int cc, size_t bytes) { devices = count, version = driver, capability = cc, memory = bytes; }
void fake_fail(const char* call, int good, int error) { failing[call] = { good, error }; }
void fake_share() { shares = true; }
void fake_mend() // as if in another process
{
    failing.clear();
    streams.clear(), events.clear(), modules.clear(), on_card.clear(), pinned.clear();
    for (auto& context : contexts)
        context->lost = 0, context->used = 0;
}
int fake_fails(const char* call) { return fails(call); }
int fake_live()
{
    int retained = 0;
    for (auto& context : contexts)
        retained += context->retained;
    return retained + (int)(streams.size() + events.size() + modules.size() + on_card.size() + pinned.size());
}

int cuGetErrorName(int error, const char** text)
{
    auto found = Errors.find(error);
    *text = found == Errors.end() ? nullptr : found->second.first;
    return found == Errors.end() ? InvalidValue : OK;
}

int cuGetErrorString(int error, const char** text)
{
    auto found = Errors.find(error);
    *text = found == Errors.end() ? nullptr : found->second.second;
    return found == Errors.end() ? InvalidValue : OK;
}

int cuDriverGetVersion(int* found) { *found = version; return OK; }

int cuInit(unsigned flags)
{
    if (flags)
        return InvalidValue;
    if (const int error = fails("cuInit"))
        return error;
    if (devices == 0)
        return 100;
    initialised = true;
    for (int i = 0; i < devices; i++)
    {
        contexts.emplace_back(new Context);
        contexts.back()->device = 100 + i; // a handle is no ordinal
    }
    return OK;
}

int cuDeviceGetCount(int* count) { *count = devices; return initialised ? OK : NotInitialised; }

int cuDeviceGet(int* device, int ordinal)
{
    if (ordinal < 0 || ordinal >= devices)
        return InvalidDevice;
    *device = 100 + ordinal;
    return OK;
}

int cuDeviceGetName(char* name, int room, int device) { snprintf(name, room, "Fake %d", device - 100); return OK; }
int cuDeviceTotalMem_v2(size_t* bytes, int) { *bytes = memory; return OK; }

int cuDeviceGetAttribute(int* value, int attribute, int)
{
    *value = attribute == 14 ? 512 : attribute == 16 ? 7 : attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : -1;
    return *value < 0 ? InvalidValue : OK;
}

int cuDeviceCanAccessPeer(int* can, int device, int other) { *can = device != other; return OK; }

int cuDevicePrimaryCtxRetain(Context** context, int device)
{
    std::lock_guard<std::recursive_mutex> lock(everything);
    if (const int error = fails(__func__))
        return error;
    *context = contexts[device - 100].get();
    (*context)->retained++;
    return OK;
}

int cuDevicePrimaryCtxRelease_v2(int device)
{
    std::lock_guard<std::recursive_mutex> lock(everything);
    return contexts[device - 100]->retained-- > 0 ? OK : InvalidContext;
}

int cuCtxPushCurrent_v2(Context* context)
{
    std::lock_guard<std::recursive_mutex> lock(everything);
    if (!context->retained)
        return InvalidContext;
    current.push_back(context);
    return OK;
}

int cuCtxPopCurrent_v2(Context** context)
{
    if (current.empty())
        return InvalidContext;
    *context = current.back();
    current.pop_back();
    return OK;
}

int cuCtxSynchronize()
{
    ENTER;
    for (Stream* stream : streams)
        if (stream->context == current.back())
            if (const int error = all(stream))
                return error;
    return OK;
}

int cuCtxEnablePeerAccess(Context* other, unsigned flags)
{
    ENTER;
    if (flags || other == current.back())
        return InvalidValue;
    return current.back()->peers.insert(other).second ? OK : PeerEnabled;
}

int cuStreamCreate(Stream** stream, unsigned flags)
{
    ENTER;
    if (flags > 1)
        return InvalidValue;
    streams.insert(*stream = new Stream { current.back(), {} });
    return OK;
}

int cuStreamDestroy_v2(Stream* stream)
{
    ENTER;
    if (!streams.count(stream))
        return InvalidHandle;
    all(stream);
    streams.erase(stream);
    return OK;
}

int cuStreamSynchronize(Stream* stream)
{
    ENTER;
    return streams.count(stream) ? all(stream) : InvalidHandle;
}

int cuStreamWaitEvent(Stream* stream, Event* event, unsigned flags)
{
    ENTER;
    if (flags || !events.count(event))
        return InvalidHandle;
    const long number = event->recorded;
    return add(stream, [=] { return until(event, number); });
}

int cuEventCreate(Event** event, unsigned flags)
{
    ENTER;
    if (flags & ~2u)
        return InvalidValue;
    events.insert(*event = new Event { current.back() });
    return OK;
}

int cuEventDestroy_v2(Event* event)
{
    ENTER;
    return events.erase(event) ? OK : InvalidHandle;
}

int cuEventRecord(Event* event, Stream* stream)
{
    ENTER;
    if (!events.count(event) || event->context != stream->context)
        return InvalidHandle;
    event->stream = stream;
    const long number = ++event->recorded;
    return add(stream, [=] { event->done = number; return OK; });
}

int cuEventQuery(Event* event)
{
    ENTER;
    return !events.count(event) ? InvalidHandle : event->done < event->recorded ? NotReady : OK;
}

int cuEventSynchronize(Event* event)
{
    ENTER;
    return events.count(event) ? until(event, event->recorded) : InvalidHandle;
}

int cuEventElapsedTime(float* milliseconds, Event* first, Event* second)
{
    ENTER;
    if (first->done < first->recorded || second->done < second->recorded)
        return NotReady;
    *milliseconds = 1.5f;
    return OK;
}

int cuModuleLoadDataEx(Module** module, const char* ptx, unsigned count, const int* options, void** values)
{
    ENTER;
    char* log = nullptr;
    size_t room = 0;
    for (unsigned i = 0; i < count; i++)
    {
        if (options[i] == 5)
            log = (char*)values[i];
        else if (options[i] == 6)
            room = (size_t)values[i];
        else
            return InvalidValue;
    }
    int major = 0, minor = 0;
    const char* line = strstr(ptx, ".version ");
    if (!line || sscanf(line, ".version %d.%d", &major, &minor) != 2)
    {
        if (log)
            snprintf(log, room, "ptxas application ptx input, line 1; fatal   : Missing .version directive at start of file");
        return InvalidPtx;
    }
    // CUDA 11.0 brought PTX 7.0, 12.4 brought 8.4.
    if (10 * major + minor > 10 * (version / 1000 - 4) + version % 1000 / 10)
        return UnsupportedPtx;
    modules.insert(*module = new Module { current.back(), ptx });
    return OK;
}

int cuModuleUnload(Module* module)
{
    ENTER;
    return modules.erase(module) ? OK : InvalidHandle;
}

int cuModuleGetFunction(Function** function, Module* module, const char* name)
{
    ENTER;
    if (!modules.count(module))
        return InvalidHandle;
    if (module->ptx.find(std::string(".entry ") + name + "(") == std::string::npos)
        return NotFound;
    Dl_info self;
    dladdr((void*)cuInit, &self);
    void* library = dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    auto symbol = [&](const char* suffix) { return dlsym(library, (std::string(name) + suffix).c_str()); };
    functions.emplace_back(new Function { module, name, (int (*)(const void*, int, int, int, int))symbol(""), (int (*)())symbol("_bytes"), (int (*)())symbol("_threads") });
    *function = functions.back().get();
    return (*function)->launch ? OK : NotFound;
}

int cuLaunchKernel(Function* function, unsigned x, unsigned y, unsigned z, unsigned threads, unsigned threads_y, unsigned threads_z,
    unsigned shared, Stream* stream, void** arguments, void** extra)
{
    ENTER;
    if (!modules.count(function->module) || function->module->context != stream->context)
        return InvalidHandle;
    if (!x || !y || !z || (int)threads != function->threads() || threads_y != 1 || threads_z != 1 || shared || extra)
        return InvalidValue;
    // The driver takes its copy now.
    auto copy = std::make_shared<std::vector<char>>((char*)arguments[0], (char*)arguments[0] + function->bytes());
    Module* module = function->module;
    return add(stream, [=] {
        if (!modules.count(module))
            return (int)IllegalAddress;
        if (const int error = fails("kernel"))
            return error;
        return function->launch(copy->data(), (int)x, (int)y, (int)z, 0) ? (int)LaunchFailed : (int)OK;
    });
}

int cuMemGetInfo_v2(size_t* free, size_t* total)
{
    ENTER;
    *free = memory - current.back()->used;
    *total = memory;
    return OK;
}

int cuMemAlloc_v2(char** pointer, size_t bytes)
{
    ENTER;
    if (!bytes)
        return InvalidValue;
    if (current.back()->used + bytes > memory)
        return OutOfMemory;
    current.back()->used += bytes;
    *pointer = (char*)aligned_alloc(256, (bytes + 255) / 256 * 256);
    memset(*pointer, 0xCD, bytes);
    on_card[*pointer] = { bytes, current.back() };
    return OK;
}

int cuMemFree_v2(char* pointer)
{
    ENTER;
    auto found = on_card.find(pointer);
    if (found == on_card.end())
        return InvalidValue;
    found->second.second->used -= found->second.first;
    memset(pointer, 0xDD, found->second.first);
    on_card.erase(found);
    free(pointer);
    return OK;
}

int cuMemHostAlloc(char** pointer, size_t bytes, unsigned flags)
{
    ENTER;
    if (flags & ~7u)
        return InvalidValue;
    *pointer = (char*)aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
    memset(*pointer, 0xCE, bytes);
    pinned[*pointer] = bytes;
    return OK;
}

int cuMemFreeHost(char* pointer)
{
    ENTER;
    if (!pinned.erase(pointer))
        return InvalidValue;
    free(pointer);
    return OK;
}

int cuMemcpyHtoDAsync_v2(char* to, const char* from, size_t bytes, Stream* stream)
{
    ENTER;
    return add(stream, [=] {
        if (!holds(to, bytes, stream->context) || !is_pinned(from, bytes))
            return (int)IllegalAddress;
        memcpy(to, from, bytes);
        return (int)OK;
    });
}

int cuMemcpyDtoHAsync_v2(char* to, const char* from, size_t bytes, Stream* stream)
{
    ENTER;
    return add(stream, [=] {
        if (!holds(from, bytes, stream->context) || !is_pinned(to, bytes))
            return (int)IllegalAddress;
        memcpy(to, from, bytes);
        return (int)OK;
    });
}

int cuMemcpyDtoDAsync_v2(char* to, const char* from, size_t bytes, Stream* stream)
{
    ENTER;
    return add(stream, [=] {
        if (!holds(from, bytes, stream->context) || !holds(to, bytes, stream->context))
            return (int)IllegalAddress;
        memmove(to, from, bytes);
        return (int)OK;
    });
}

int cuMemcpyPeerAsync(char* to, Context* to_context, const char* from, Context* from_context, size_t bytes, Stream* stream)
{
    ENTER;
    return add(stream, [=] {
        if (!holds(from, bytes, from_context) || !holds(to, bytes, to_context))
            return (int)IllegalAddress;
        memmove(to, from, bytes);
        return (int)OK;
    });
}

int cuMemsetD8Async(char* to, unsigned char value, size_t bytes, Stream* stream)
{
    ENTER;
    return add(stream, [=] {
        if (!holds(to, bytes, stream->context))
            return (int)IllegalAddress;
        memset(to, value, bytes);
        return (int)OK;
    });
}

struct Copy2D
{
    size_t from_x, from_y;
    int from_type; // 1: the machine's memory, 2: the card's
    char *from_host, *from_card, *from_array;
    size_t from_pitch, to_x, to_y;
    int to_type;
    char *to_host, *to_card, *to_array;
    size_t to_pitch, bytes, rows;
};

// Of any of the machine's memory, pinned or not.
int cuMemcpy2DAsync_v2(const Copy2D* given, Stream* stream)
{
    ENTER;
    const Copy2D copy = *given;
    if (copy.from_type < 1 || copy.from_type > 2 || copy.to_type < 1 || copy.to_type > 2)
        return InvalidValue;
    return add(stream, [=] {
        char* from = (copy.from_type == 1 ? copy.from_host : copy.from_card) + copy.from_y * copy.from_pitch + copy.from_x;
        char* to = (copy.to_type == 1 ? copy.to_host : copy.to_card) + copy.to_y * copy.to_pitch + copy.to_x;
        if ((copy.from_type == 2 && !holds(from, (copy.rows - 1) * copy.from_pitch + copy.bytes, stream->context)) ||
            (copy.to_type == 2 && !holds(to, (copy.rows - 1) * copy.to_pitch + copy.bytes, stream->context)))
            return (int)IllegalAddress;
        for (size_t row = 0; row < copy.rows; row++)
            memcpy(to + row * copy.to_pitch, from + row * copy.from_pitch, copy.bytes);
        return (int)OK;
    });
}

// libav wants these to be there, and calls none of them.
#define UNUSED(name) int name() { return NotSupported; }
UNUSED(cuDeviceComputeCapability) UNUSED(cuCtxCreate_v2) UNUSED(cuCtxSetLimit) UNUSED(cuCtxDestroy_v2) UNUSED(cuCtxGetDevice)
UNUSED(cuMemAllocPitch_v2) UNUSED(cuMemAllocManaged) UNUSED(cuMemcpy) UNUSED(cuMemcpyAsync) UNUSED(cuMemcpy2D_v2)
UNUSED(cuMemcpyHtoD_v2) UNUSED(cuMemcpyDtoH_v2) UNUSED(cuMemcpyDtoD_v2)
UNUSED(cuDevicePrimaryCtxRelease) UNUSED(cuDevicePrimaryCtxSetFlags) UNUSED(cuDevicePrimaryCtxGetState) UNUSED(cuDevicePrimaryCtxReset)
UNUSED(cuStreamQuery) UNUSED(cuStreamAddCallback) UNUSED(cuLinkCreate) UNUSED(cuLinkAddData) UNUSED(cuLinkComplete) UNUSED(cuLinkDestroy)
UNUSED(cuModuleLoadData) UNUSED(cuModuleGetGlobal) UNUSED(cuTexObjectCreate) UNUSED(cuTexObjectDestroy) UNUSED(cuGLGetDevices_v2)
UNUSED(cuGraphicsGLRegisterImage) UNUSED(cuGraphicsUnregisterResource) UNUSED(cuGraphicsMapResources) UNUSED(cuGraphicsUnmapResources)
UNUSED(cuGraphicsSubResourceGetMappedArray) UNUSED(cuGraphicsResourceGetMappedPointer_v2) UNUSED(cuArray3DCreate_v2) UNUSED(cuArrayDestroy)
}
