// The two libraries that ONNX Runtime opens for its CUDA provider, without a provider in them: what options they were given is written to the
// file that FAKE_PROVIDER_LOG names, and no session is made. Written after what provider_host_api.h of ONNX Runtime tells of the table of a provider.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <unordered_map>

using Options = std::unordered_map<std::string, std::string>;

// The first fields of OrtCUDAProviderOptionsV2.
struct CudaOptions { int device_id; int has_stream; void* stream; };

struct Provider
{
    virtual std::shared_ptr<void> Create(const void* given)
    {
        auto options = (const CudaOptions*)given;
        log("created for device " + std::to_string(options->device_id) + (options->has_stream && options->stream ? " with a stream" : " without a stream"));
        return nullptr;
    }

    virtual std::shared_ptr<void> CreateOn(int) { return nullptr; }
    virtual void* Info() { return nullptr; }
    virtual Options ToText(const void*) { return {}; }

    virtual void Update(void* given, const Options& options)
    {
        auto device = options.find("device_id");
        ((CudaOptions*)given)->device_id = device == options.end() ? 0 : std::stoi(device->second);
        for (auto& option : options)
            log(option.first + "=" + option.second);
    }

    // Whatever comes behind, custom operators, beginning and end among it, has nothing to do.
    virtual void Nothing1() {}
    virtual void Nothing2() {}
    virtual void Nothing3() {}
    virtual void Nothing4() {}
    virtual void Nothing5() {}
    virtual void Nothing6() {}

    static void log(const std::string& line)
    {
        const char* path = getenv("FAKE_PROVIDER_LOG");
        FILE* file = path ? fopen(path, "a") : nullptr;
        if (!file)
            return;
        fprintf(file, "%s\n", line.c_str());
        fclose(file);
    }
};

extern "C"
{
void Provider_SetHost(void*) {}
Provider* GetProvider() { static Provider provider; return &provider; }
}
