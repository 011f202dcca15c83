namespace Panda.Stream.Models.Calls;

/// <summary>What a model gave for one item of a batch, or what kept it from an answer.</summary>
public readonly record struct Answer<T>
{
    private readonly T? _value;

    private Answer(T? value, Exception? error) => (_value, Error) = (value, error);

    /// <summary>Null when there is a value.</summary>
    public Exception? Error { get; }

    /// <exception cref="InvalidOperationException">There is none; the cause is <see cref="Error"/>.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException(Error.Message, Error);

#pragma warning disable CA2225 // The named forms are these two properties' opposites: nothing to add.
    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(Exception error) => new(default, error);
#pragma warning restore CA2225
}
