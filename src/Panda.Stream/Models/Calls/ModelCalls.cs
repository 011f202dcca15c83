using System.Diagnostics.CodeAnalysis;
using Panda.Stream.Models.Devices;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Models.Calls;

/// <summary>
/// Calls one model on batches, the same way for every kind of model: one that is out of memory is called again on the halves,
/// after any other failure each item is tried alone, so that only the one at fault pays; what takes too long is ended.
/// A single item is never tried twice: what it does once it does again. Safe for use by several threads at once.
/// </summary>
/// <param name="model">The model's name, for messages.</param>
/// <param name="call">Gives one result an item, in order.</param>
/// <param name="options">The deadline of a call and its clock.</param>
/// <param name="timeOf">The time that models may still work on what an item belongs to; without it any.</param>
public sealed class ModelCalls<TIn, TOut>(
    string model, Func<IReadOnlyList<TIn>, IReadOnlyList<TOut>> call, ModelOptions options, Func<TIn, WorkTime?>? timeOf = null)
{
    private readonly BatchLimit _limit = new();
    private long _calls, _outOfMemory, _pastDeadline, _triedAlone;

    public ModelCallCounts Counts => new(
        Volatile.Read(ref _calls), Volatile.Read(ref _outOfMemory), Volatile.Read(ref _pastDeadline), Volatile.Read(ref _triedAlone), _limit.Largest);

    /// <summary>One answer an item, in order. Throws nothing of the model's.</summary>
    /// <exception cref="DeviceException">The device has failed, which says nothing of model or items: all of them can be tried on another.</exception>
    public IReadOnlyList<Answer<TOut>> Run(IReadOnlyList<TIn> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var answers = new Answer<TOut>[items.Count];
        var inTime = new List<int>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (TimeOf(items[i]) is { Left: { } left, Spent: var spent } && left <= TimeSpan.Zero)
                answers[i] = new ModelDeadlineException($"{model}: found that models had worked {spent.TotalSeconds:0.###} s on the clip, expected no more than deadlines.clip_s");
            else
                inTime.Add(i);
        }
        Run(items, inTime, answers);
        return answers;
    }

    private void Run(IReadOnlyList<TIn> items, List<int> places, Answer<TOut>[] answers)
    {
        while (places.Count > 0)
        {
            var next = places[..Math.Min(places.Count, _limit.Largest ?? int.MaxValue)];
            places = places[next.Count..];
            CallOrDivide(items, next, answers);
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever the model threw is the answer of the items that it was called with.")]
    private void CallOrDivide(IReadOnlyList<TIn> items, List<int> places, Answer<TOut>[] answers)
    {
        try
        {
            var results = Call([.. places.Select(place => items[place])]);
            for (var i = 0; i < places.Count; i++)
                answers[places[i]] = results[i];
            _limit.Grow(places.Count);
        }
        catch (DeviceException)
        {
            throw;
        }
        catch (Exception error) when (places.Count > 1)
        {
            if (OutOfMemory.IsIn(error))
            {
                _limit.Shrink(places.Count);
                Run(items, places, answers);
                return;
            }
            Interlocked.Add(ref _triedAlone, places.Count);
            foreach (var place in places)
                CallOrDivide(items, [place], answers);
        }
        catch (Exception error)
        {
            answers[places[0]] = error;
        }
    }

    private IReadOnlyList<TOut> Call(List<TIn> items)
    {
        // A batch is not ended for the sake of one of its items.
        var (limit, key) = (options.CallDeadline, "deadlines.model_call_s");
        if (items.Count == 1 && TimeOf(items[0])?.Left is { } left && !(left >= limit))
            (limit, key) = (left, "deadlines.clip_s");
        Interlocked.Increment(ref _calls);
        var begun = options.Time.GetTimestamp();
        var ended = 0;
        try
        {
            using var running = OnnxCall.Begin();
            using var timer = limit is { } time
                ? options.Time.CreateTimer(_ => { Volatile.Write(ref ended, 1); running.Terminate(); }, null, time > TimeSpan.Zero ? time : TimeSpan.Zero, Timeout.InfiniteTimeSpan)
                : null;
            var results = call(items);
            return results.Count == items.Count
                ? results
                : throw new InvalidOperationException($"{model}: found {results.Count} results for a batch of {items.Count} items, expected one each");
        }
        catch (Exception error) when (Volatile.Read(ref ended) == 1 && error is not DeviceException)
        {
            Interlocked.Increment(ref _pastDeadline);
            throw new ModelDeadlineException($"{model}: found no answer after {options.Time.GetElapsedTime(begun).TotalSeconds:0.###} s of work, expected one within {key}", error);
        }
        catch (Exception error) when (options.Device?.Fault(error) is { } fault)
        {
            throw fault;
        }
        catch (Exception error) when (OutOfMemory.IsIn(error))
        {
            Interlocked.Increment(ref _outOfMemory);
            throw;
        }
        finally
        {
            var worked = options.Time.GetElapsedTime(begun);
            // A timer may ring some milliseconds early; what it ended has had its time all the same.
            if (Volatile.Read(ref ended) == 1 && limit > worked)
                worked = limit.Value;
            foreach (var item in items)
                TimeOf(item)?.Charge(worked / items.Count);
        }
    }

    private WorkTime? TimeOf(TIn item) => timeOf?.Invoke(item);
}
