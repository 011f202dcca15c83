using System.Text;
using Panda.Stream.Shards;

namespace Panda.Stream.Cli;

/// <summary>
/// Standard output and error behind a guard: titles, paths and messages come from strangers, and none of them may steer the
/// terminal that shows them or the log that keeps them, whichever command forgot to look.
/// </summary>
internal static class Terminal
{
    /// <summary>Standard error without the guard, for what draws on the terminal on purpose.</summary>
    public static TextWriter Raw { get; private set; } = Console.Error;

    public static void Guard()
    {
        Raw = Console.Error;
        Console.SetOut(new HarmlessWriter(Console.Out));
        Console.SetError(new HarmlessWriter(Console.Error));
    }

    private sealed class HarmlessWriter(TextWriter inner) : TextWriter
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => inner.Write(TerminalText.HarmlessLines($"{value}"));

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

        public override void Write(string? value) => inner.Write(TerminalText.HarmlessLines(value ?? ""));

        public override void WriteLine(string? value) => inner.WriteLine(TerminalText.HarmlessLines(value ?? ""));

        public override void Flush() => inner.Flush();
    }
}
