using Panda.Stream.Native;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Tests.OnnxRuntime;

public class OnnxEnvironmentTests
{
    [Fact]
    public void The_loaded_library_is_the_packages() => Assert.Equal((NativeLibraries.OnnxRuntimeVersion, "1.31.0"), (OnnxEnvironment.Version, OnnxEnvironment.Version));

    [Fact]
    public void Providers_are_those_of_the_build() => Assert.Contains("CPUExecutionProvider", OnnxEnvironment.Providers);
}
