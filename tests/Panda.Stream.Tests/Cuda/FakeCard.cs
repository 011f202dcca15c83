using Panda.Stream.Models;
using Panda.Stream.Models.Devices;
using Panda.Stream.Native.Cuda;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Tests.Cuda;

/// <summary>
/// A card of the tests' driver on which models run: ONNX Runtime works by the CPU, in memory that counts as the card's, so that all that the
/// program does there goes through the driver, and the program may not look at it.
/// </summary>
internal sealed class FakeCard : OnnxCudaMemory
{
    private FakeCard(CudaStream stream) : base(stream)
    {
    }

    public int Allocated { get; private set; }
    public int Copied { get; private set; }

    /// <summary>Tensors that were brought to the machine's memory.</summary>
    public int Read { get; private set; }

    internal override nint Info => Host.Info;

    /// <summary>A device of a driver's first card.</summary>
    public static (FakeCard Card, ModelDevice Device) Open(FakeDriver fake, int number = 0)
    {
        fake.Share();
        var driver = fake.Load();
        var context = new CudaContext(driver, driver.Devices[number]);
        var card = new FakeCard(context.CreateStream());
        // The provider's work would be queued behind what was queued before.
        return (card, new ModelDevice($"cuda:{number}", 1, isExclusive: true, card) { BeforeCall = card.Stream.Synchronize });
    }

    public override OnnxValue Allocate(TensorElementType type, params ReadOnlySpan<long> shape)
    {
        Allocated++;
        return base.Allocate(type, shape);
    }

    internal override void AppendProvider(nint sessionOptions)
    {
    }

    internal override unsafe void Copy(void* from, void* to, long bytes)
    {
        Copied++;
        base.Copy(from, to, bytes);
    }

    internal override unsafe void ReadTo(void* from, Span<byte> to)
    {
        Read++;
        base.ReadTo(from, to);
    }
}
