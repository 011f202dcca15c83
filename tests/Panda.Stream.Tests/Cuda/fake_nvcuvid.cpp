// A video decoder without a card, in the library of fake_cuda.cpp: the entry points that libav's hardware decoders look for in libnvcuvid.so.1.
// It does not decode: the pictures come from a file, in the order in which they are shown, which is that in which they are mapped. All else is as
// with a card: so many surfaces and no more, and their contents are made in the stream that is asked for.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

extern "C"
{
int fake_fails(const char* call);
int cuMemAlloc_v2(char** pointer, size_t bytes);
int cuMemFree_v2(char* pointer);
int cuMemHostAlloc(char** pointer, size_t bytes, unsigned flags);
int cuMemFreeHost(char* pointer);
int cuMemcpyHtoDAsync_v2(char* to, const char* from, size_t bytes, void* stream);
int cuCtxSynchronize();
}

namespace
{
enum { OK = 0, InvalidValue = 1, NotSupported = 801 };
const size_t Pitch = 512;

struct Caps
{
    int codec, chroma;
    unsigned more_bits, reserved[3];
    unsigned char supported, engines;
    unsigned short formats;
    unsigned most_width, most_height, most_blocks;
    unsigned short least_width, least_height;
};

struct Wanted
{
    unsigned long width, height, pictures;
    int codec, chroma;
    unsigned long flags, more_bits, intra, most_width, most_height, reserved;
    short display[4];
    int format, deinterlace;
    unsigned long to_width, to_height, surfaces;
};

struct Mapping { int progressive[6]; uint64_t raw[4]; void* stream; };

struct Surface { char *card, *host; bool mapped; };

struct Decoder
{
    Wanted wanted;
    size_t pitch;
    std::vector<Surface> surfaces;
};

FILE* pictures;
int decoders, most_mapped;
}

extern "C"
{
// A file of pictures in the order in which they are shown: width, height and bytes of a sample as three int32, luma, then chroma with U and V in turn.
void fake_pictures(const char* file)
{
    if (pictures)
        fclose(pictures);
    pictures = fopen(file, "rb");
}

int fake_decoders() { return decoders; }
int fake_most_mapped() { return most_mapped; }

int cuvidGetDecoderCaps(Caps* caps)
{
    if (const int error = fake_fails("cuvidGetDecoderCaps"))
        return error;
    caps->supported = caps->codec == 4 || caps->codec == 8 || caps->codec == 10; // H.264, HEVC, VP9
    caps->engines = 1;
    caps->formats = 15;
    caps->most_width = caps->most_height = 4096;
    caps->most_blocks = 65536;
    caps->least_width = caps->least_height = 16;
    return OK;
}

int cuvidDestroyDecoder(Decoder* decoder)
{
    cuCtxSynchronize();
    for (Surface& surface : decoder->surfaces)
    {
        cuMemFree_v2(surface.card);
        cuMemFreeHost(surface.host);
    }
    decoders--;
    delete decoder;
    return OK;
}

int cuvidCreateDecoder(Decoder** created, const Wanted* wanted)
{
    if (const int error = fake_fails("cuvidCreateDecoder"))
        return error;
    Decoder* decoder = new Decoder { *wanted };
    decoders++;
    if (!pictures && getenv("FAKE_PICTURES"))
        fake_pictures(getenv("FAKE_PICTURES"));
    decoder->pitch = (wanted->to_width * (wanted->more_bits ? 2 : 1) + Pitch - 1) / Pitch * Pitch;
    const size_t bytes = decoder->pitch * wanted->to_height * 3 / 2;
    for (unsigned long i = 0; i < wanted->surfaces; i++)
    {
        Surface surface = {};
        if (const int error = cuMemAlloc_v2(&surface.card, bytes))
        {
            cuvidDestroyDecoder(decoder);
            return error;
        }
        cuMemHostAlloc(&surface.host, bytes, 0);
        decoder->surfaces.push_back(surface);
    }
    *created = decoder;
    return OK;
}

int cuvidDecodePicture(Decoder*, void*) { return fake_fails("cuvidDecodePicture"); }

int cuvidMapVideoFrame64(Decoder* decoder, int picture, char** pointer, unsigned* pitch, const Mapping* mapping)
{
    if (const int error = fake_fails("cuvidMapVideoFrame64"))
        return error;
    if (picture < 0 || picture >= (int)decoder->wanted.pictures)
        return InvalidValue;
    Surface* free = nullptr;
    int mapped = 1;
    for (Surface& surface : decoder->surfaces)
        if (surface.mapped)
            mapped++;
        else
            free = &surface;
    if (!free)
        return InvalidValue;
    most_mapped = mapped > most_mapped ? mapped : most_mapped;
    // What the surface held before may still be on its way.
    if (const int error = cuCtxSynchronize())
        return error;
    const size_t bytes = decoder->pitch * decoder->wanted.to_height * 3 / 2;
    memset(free->host, 0x5A, bytes);
    int32_t size[3];
    if (!pictures || fread(size, sizeof size, 1, pictures) != 1)
        return InvalidValue;
    const int width = size[0], height = size[1], sample = size[2];
    for (int y = 0; y < height; y++)
        if (fread(free->host + y * decoder->pitch, (size_t)width * sample, 1, pictures) != 1)
            return InvalidValue;
    char* chroma = free->host + decoder->pitch * decoder->wanted.to_height;
    for (int y = 0; y < (height + 1) / 2; y++)
        if (fread(chroma + y * decoder->pitch, (size_t)(width + width % 2) * sample, 1, pictures) != 1)
            return InvalidValue;
    if (const int error = cuMemcpyHtoDAsync_v2(free->card, free->host, bytes, mapping->stream))
        return error;
    free->mapped = true;
    *pointer = free->card;
    *pitch = (unsigned)decoder->pitch;
    return OK;
}

int cuvidUnmapVideoFrame64(Decoder* decoder, char* pointer)
{
    for (Surface& surface : decoder->surfaces)
        if (surface.card == pointer && surface.mapped)
        {
            surface.mapped = false;
            return OK;
        }
    return InvalidValue;
}

#define UNUSED(name) int name() { return NotSupported; }
UNUSED(cuvidGetDecodeStatus) UNUSED(cuvidReconfigureDecoder) UNUSED(cuvidCtxLockCreate) UNUSED(cuvidCtxLockDestroy) UNUSED(cuvidCtxLock) UNUSED(cuvidCtxUnlock)
UNUSED(cuvidCreateVideoSource) UNUSED(cuvidCreateVideoSourceW) UNUSED(cuvidDestroyVideoSource) UNUSED(cuvidSetVideoSourceState) UNUSED(cuvidGetVideoSourceState)
UNUSED(cuvidGetSourceVideoFormat) UNUSED(cuvidGetSourceAudioFormat) UNUSED(cuvidCreateVideoParser) UNUSED(cuvidParseVideoData) UNUSED(cuvidDestroyVideoParser)
}
