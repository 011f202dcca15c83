namespace Panda.Stream.Shards.Ledger;

/// <summary>The ledger of a run cannot be read or written; the message names the file, and what it says was committed before stays so.</summary>
public sealed class LedgerException(string message, Exception? reason = null) : IOException(message, reason);
