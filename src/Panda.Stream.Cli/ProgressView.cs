using System.Globalization;
using Panda.Stream.Graph;
using Panda.Stream.Shards;
using Spectre.Console;

namespace Panda.Stream.Cli;

/// <summary>Shows a run while it goes on: a table that renews itself on a terminal, else a plain line every few seconds.</summary>
internal static class ProgressView
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(2);

    /// <summary>Shows nothing until the run is asked to stop, then what it waits for; never throws the task's error.</summary>
    public static async Task ShowStopAsync(Task run, Func<RunSnapshot> snapshot, CancellationToken stop)
    {
        void Say() => Console.Error.WriteLine($"panda: {Stopping(snapshot())}");
        using var atOnce = stop.Register(Say);
        while (!await EndsWithin(run, BetweenLines).ConfigureAwait(false))
            if (stop.IsCancellationRequested)
                Say();
    }

    /// <summary>Shows the run until its task has ended; never throws the task's error.</summary>
    /// <param name="stop">When the run is asked to stop, which is shown at once.</param>
    public static async Task ShowAsync(Task run, Func<RunSnapshot> snapshot, CancellationToken stop)
    {
        var stall = new Stall();
        if (Console.IsErrorRedirected)
        {
            using var atOnce = stop.Register(() => Console.Error.WriteLine(Line(snapshot() with { Stopping = true })));
            var told = new HashSet<string>();
            do
            {
                var now = snapshot();
                await Console.Error.WriteLineAsync(string.Join('\n', [Line(now), .. stall.Watch(now), .. Remarks(now).Where(told.Add)])).ConfigureAwait(false);
            }
            while (!await EndsWithin(run, BetweenLines).ConfigureAwait(false));
            return;
        }
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new LiveOutput() });
        await terminal.Live(Table(snapshot(), [])).AutoClear(true).StartAsync(async live =>
        {
            do
            {
                var now = snapshot();
                live.UpdateTarget(Table(now, [.. stall.Watch(now), .. Remarks(now)]));
            }
            while (!await EndsWithin(run, Redraw).ConfigureAwait(false));
        }).ConfigureAwait(false);
    }

    private static async Task<bool> EndsWithin(Task run, TimeSpan time) =>
        await Task.WhenAny(run, Task.Delay(time)).ConfigureAwait(false) == run;

    private static string Stopping(RunSnapshot run) => $"stopping, Ctrl-C again ends at once; waits for {TerminalText.Harmless(run.WaitedFor())}";

    private static string Line(RunSnapshot run) => string.Create(CultureInfo.InvariantCulture,
        $"{run.Elapsed.TotalSeconds,6:0.0} s  videos {run.VideosEnded}/{run.VideosIn}  ") + (run.Stopping ? Stopping(run) :
        string.Join("  ", run.Stages.Select(stage => $"{stage.Name} {stage.Done}" + (stage.Waiting > 0 ? $" (+{stage.Waiting})" : ""))));

    private static IEnumerable<string> Remarks(RunSnapshot run) => run.Models.Where(model => model.Value.LargestBatch is not null)
        .Select(model => $"  {model.Key} gets {Plural.Of(model.Value.LargestBatch ?? 0, "item")} at once at most: it ran out of memory {Plural.Of(model.Value.OutOfMemory, "time")}")
        .Concat(run.GivenUp.Select(teacher => $"  {teacher} is asked no more: it has never answered (caption.give_up_after)"));

    private static Rows Table(RunSnapshot run, IEnumerable<string> remarks)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumn("stage").AddColumn(new TableColumn("done").RightAligned())
            .AddColumn(new TableColumn("per second").RightAligned()).AddColumn(run.Stopping ? "in flight" : "waiting");
        foreach (var stage in run.Stages)
        {
            table.AddRow(
                Markup.Escape(TerminalText.Harmless(stage.Name)), $"{stage.Done} {stage.Unit}", Rate(stage.Done, run), Bar(run.Stopping ? stage.Inside : stage.Waiting, stage.Capacity));
        }
        return new Rows(
            new Text(string.Create(CultureInfo.InvariantCulture,
                $"{run.Elapsed:hh\\:mm\\:ss}  videos {run.VideosEnded} of {run.VideosIn}, {run.VideoSeconds / 3600:0.00} h of video{(run.Stopping ? $"\n{Stopping(run)}" : "")}")),
            table,
            new Text(string.Join('\n', remarks)));
    }

    private static string Rate(long count, RunSnapshot run) =>
        (count / Math.Max(0.001, run.Elapsed.TotalSeconds)).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Bar(int items, int capacity)
    {
        const int Width = 12;
        var full = Math.Min(Width, (int)Math.Ceiling((double)Width * items / Math.Max(1, capacity)));
        return $"[blue]{new string('■', full)}[/]{new string('·', Width - full)} {items}";
    }

    /// <summary>The terminal itself: the table is drawn past the guard of <see cref="Terminal"/>.</summary>
    private sealed class LiveOutput : IAnsiConsoleOutput
    {
        public TextWriter Writer => Terminal.Raw;
        public bool IsTerminal => true;
        // A terminal that does not know its size says 0.
        public int Width => Console.BufferWidth is > 0 and var columns ? columns : 80;
        public int Height => Console.WindowHeight is > 0 and var rows ? rows : 24;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
