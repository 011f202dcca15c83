using System.Runtime.InteropServices;

namespace Panda.Stream.Native.OnnxRuntime;

/// <summary>ONNX Runtime refused a call; the message is its own.</summary>
public sealed class OnnxRuntimeException(OnnxErrorCode code, string message) : Exception(message)
{
    public OnnxErrorCode Code { get; } = code;
}

/// <summary><c>OrtErrorCode</c> of the C API.</summary>
public enum OnnxErrorCode
{
    Ok, Fail, InvalidArgument, NoSuchFile, NoModel, EngineError, RuntimeException, InvalidProtobuf, ModelLoaded, NotImplemented, InvalidGraph, ProviderFail,
}

internal static unsafe class OrtStatus
{
    /// <summary>Frees the status and throws what it says; a null status is success.</summary>
    internal static void Ok(this nint status)
    {
        if (status == 0)
            return;
        var code = (OnnxErrorCode)OrtApi.GetErrorCode(status);
        var message = Marshal.PtrToStringUTF8((nint)OrtApi.GetErrorMessage(status)) ?? "";
        OrtApi.ReleaseStatus(status);
        throw new OnnxRuntimeException(code, message);
    }
}
