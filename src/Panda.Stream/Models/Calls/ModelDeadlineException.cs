namespace Panda.Stream.Models.Calls;

/// <summary>A model gave no answer in time; the message says which deadline it was.</summary>
public sealed class ModelDeadlineException(string message, Exception? cause = null) : Exception(message, cause);
