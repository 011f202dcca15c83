using System.CommandLine;
using System.Text.Json;
using Panda.Stream.Config.Binding;
using Panda.Stream.Models.Devices;

namespace Panda.Stream.Cli;

/// <summary><c>devices</c>: what this machine has to compute on, and what is missing for more.</summary>
internal static class DevicesCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("devices", "Shows what this machine has to compute on; of what is missing, which file or symbol, and where it was looked for.") { json };
        command.SetAction(parsed =>
        {
            var machine = MachineDevices.Find();
            if (parsed.GetValue(json))
                Console.Out.WriteLine(JsonSerializer.Serialize(machine, Json));
            else
                Write(Console.Out, machine);
            return CommonOptions.Ok;
        });
        return command;
    }

    private static void Write(TextWriter output, MachineDevices machine)
    {
        var (cpu, cuda, onnx, libav) = (machine.Cpu, machine.Cuda, machine.OnnxRuntime, machine.Libav);
        output.WriteLine($"CPU           {cpu.Name}: {Plural.Of(cpu.Cores, "core")}, vectors of {cpu.VectorBits} bits, {new ByteCount(cpu.MemoryBytes)} of memory");
        output.WriteLine($"CUDA          {(cuda.Version is null ? "no driver that can be used" : $"driver for CUDA {cuda.Version} in {cuda.Library}, {cuda.Cards.Count} {(cuda.Cards.Count == 1 ? "card" : "cards")}")}");
        foreach (var card in cuda.Cards)
            output.WriteLine($"              {card.Ordinal}: {card.Name}, {new ByteCount(card.MemoryBytes)}, compute capability {card.ComputeCapability}, {Plural.Of(card.Multiprocessors, "multiprocessor")}{(card.Lacks is { } lacks ? $"; {lacks}" : "")}");
        WriteLack(output, cuda.Lacks);
        output.WriteLine($"ONNX Runtime  {(onnx.Version is null ? "none that can be used" : $"{onnx.Version} in {onnx.Library}; {string.Join(", ", onnx.Providers)}")}");
        WriteLack(output, onnx.Lacks);
        output.WriteLine($"libav         {(libav.Versions is null ? "none that can be used" : $"{libav.Versions}; built to decode on: {string.Join(", ", libav.HardwareTypes.DefaultIfEmpty("the CPU alone"))}")}");
        WriteLack(output, libav.Lacks);
    }

    private static void WriteLack(TextWriter output, string? lacks)
    {
        foreach (var line in lacks?.Split('\n') ?? [])
            output.WriteLine($"              {line}");
    }
}
