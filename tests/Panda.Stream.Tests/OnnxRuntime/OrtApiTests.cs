using System.Runtime.InteropServices;
using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.OnnxRuntime;

/// <summary>Every slot of the function table is held against what the library does when it is called.</summary>
public unsafe class OrtApiTests
{
    [Fact]
    public void The_loaded_library_is_the_pinned_one() => Assert.Equal((NativeLibraries.OnnxRuntimeVersion, "1.30.0"), (OnnxEnvironment.Version, OnnxEnvironment.Version));

    [Fact]
    public void Providers_are_those_of_the_build() => Assert.Contains("CPUExecutionProvider", OnnxEnvironment.Providers);

    [Fact]
    public void Environment_allocator_and_session_options_are_made_and_released()
    {
        nint env, allocator, options;
        fixed (byte* id = "test"u8)
            Assert.Equal(0, OrtApi.CreateEnv(4, id, &env));
        Assert.Equal(0, OrtApi.GetAllocatorWithDefaultOptions(&allocator));
        Assert.Equal(OnnxEnvironment.Allocator, allocator); // always the same one
        Assert.Equal(0, OrtApi.CreateSessionOptions(&options));
        OrtApi.ReleaseSessionOptions(options);
        OrtApi.ReleaseEnv(env);
    }

    [Fact]
    public void A_failed_call_gives_a_status_with_code_and_words()
    {
        nint options, session;
        OrtApi.CreateSessionOptions(&options).Ok();
        using var env = OnnxEnvironment.Handle.Lease();
        fixed (byte* path = "/no/such.onnx"u8)
        {
            var status = OrtApi.CreateSession(env.Pointer, path, options, &session);
            Assert.NotEqual(0, status);
            Assert.Equal((int)OnnxErrorCode.NoSuchFile, OrtApi.GetErrorCode(status));
            Assert.Contains("/no/such.onnx", Marshal.PtrToStringUTF8((nint)OrtApi.GetErrorMessage(status)));
            OrtApi.ReleaseStatus(status);
        }
        OrtApi.ReleaseSessionOptions(options);
    }

    [Fact]
    public void Config_entries_and_intra_op_threads_reach_the_session()
    {
        // ONNX Runtime wants one affinity for every thread but the caller's, and counts the threads in its complaint.
        Assert.Equal("", OpenWithTwoAffinities(threads: 3));
        Assert.Contains("thread_pool_size: 4", OpenWithTwoAffinities(threads: 4));
    }

    [Fact]
    public void Names_types_and_shapes_come_from_their_slots()
    {
        using var session = OnnxSession.Open(TinyModels.PathOf("teacher", "decoder.onnx"));
        Assert.Equal(7, session.Inputs.Count);
        Assert.Equal(5, session.Outputs.Count);
        Assert.Equal("inputs_embeds: Float32 [batch, sequence, 16]", session.Inputs[0].ToString());
        Assert.Equal("attention_mask: Int64 [batch, total]", session.Inputs[1].ToString());
        Assert.Equal("past_key_values.1.value: Float32 [batch, 2, past, 8]", session.Inputs[6].ToString());
        Assert.Equal("logits", session.Outputs[0].Name);
        Assert.Equal("present.1.value", session.Outputs[4].Name);
    }

    [Fact]
    public void Tensors_have_type_shape_and_their_own_memory_which_is_given_back()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        for (var round = 0; round < 64; round++)
        {
            using var value = OnnxValue.Allocate<long>(4, 8, 1 << 15); // 8 MiB: half a gigabyte, were nothing released
            Assert.Equal(TensorElementType.Int64, value.ElementType);
            Assert.Equal([4, 8, 1 << 15], value.Shape.ToArray());
            var data = value.Data<long>();
            Assert.Equal(1 << 20, data.Length);
            data.Fill(round);
            Assert.Equal(round, value.Data<long>()[^1]);
        }
        process.Refresh();
        Assert.InRange(process.WorkingSet64 - before, long.MinValue, 1L << 28);
    }

    [Fact]
    public void A_type_that_is_not_the_tensors_own_is_refused()
    {
        using var value = OnnxValue.Allocate<float>(2);
        Assert.Equal("found a tensor of Float32, expected Int64", Assert.Throws<InvalidOperationException>(() => value.Data<long>().Length).Message);
    }

    private static string OpenWithTwoAffinities(int threads)
    {
        nint options, session;
        OrtApi.CreateSessionOptions(&options).Ok();
        OrtApi.SetIntraOpNumThreads(options, threads).Ok();
        fixed (byte* key = "session.intra_op_thread_affinities"u8, cores = "1;1"u8)
            OrtApi.AddSessionConfigEntry(options, key, cores).Ok();
        using var env = OnnxEnvironment.Handle.Lease();
        var path = Marshal.StringToCoTaskMemUTF8(TinyModels.PathOf("embedder", "image.onnx"));
        var status = OrtApi.CreateSession(env.Pointer, (byte*)path, options, &session);
        Marshal.FreeCoTaskMem(path);
        OrtApi.ReleaseSessionOptions(options);
        if (status != 0)
            return Assert.Throws<OnnxRuntimeException>(() => status.Ok()).Message;
        OrtApi.ReleaseSession(session);
        return "";
    }
}
