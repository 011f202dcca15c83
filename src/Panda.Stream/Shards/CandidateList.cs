using Panda.Stream.Captioning;
using Panda.Stream.Native.DuckDb;

namespace Panda.Stream.Shards;

/// <summary>Candidates as a column: a list of structs.</summary>
internal static class CandidateList
{
    internal const string SqlType = "STRUCT(teacher VARCHAR, caption VARCHAR, score FLOAT, error VARCHAR, names_replaced INTEGER, asked BOOLEAN)[]";

    internal const string Meaning = "Every teacher's caption with its score, or the error in its place; `asked` is false where the teacher had been given up.";

    internal static void Write(IReadOnlyList<Candidate>? candidates, DuckDbSlot slot)
    {
        if (candidates is null)
        {
            slot.SetNull();
            return;
        }
        var first = slot.SetList(candidates.Count);
        for (var i = 0; i < candidates.Count; i++)
        {
            var item = first.Next(i);
            item.Field(0).Set(candidates[i].Teacher);
            item.Field(1).Set(candidates[i].Caption);
            item.Field(2).Set(candidates[i].Score);
            item.Field(3).Set(candidates[i].Error);
            item.Field(4).Set(candidates[i].NamesReplaced);
            item.Field(5).Set(candidates[i].Asked);
        }
    }

    internal static Candidate[]? Read(DuckDbCell cell)
    {
        if (cell.IsNull)
            return null;
        var candidates = new Candidate[cell.Count];
        for (var i = 0; i < candidates.Length; i++)
        {
            var item = cell.Item(i);
            candidates[i] = new(item.Field(0).AsText, item.Field(1).AsText, item.Field(2).FloatOrNull, item.Field(3).TextOrNull, item.Field(4).AsInt) { Asked = item.Field(5).AsBool };
        }
        return candidates;
    }
}
