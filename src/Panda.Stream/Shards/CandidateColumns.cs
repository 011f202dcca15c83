using Panda.Stream.Captioning;

namespace Panda.Stream.Shards;

/// <summary>The fields of a candidate, in the lists of <c>candidates</c>.</summary>
internal static class CandidateColumns
{
    internal static Candidate Row(Columns<Candidate> columns) => new(
        columns.Text("teacher", "", "", candidate => candidate.Teacher),
        columns.Text("caption", "", "", candidate => candidate.Caption),
        columns.ValueOrNull<float>("score", "", "", candidate => candidate.Score),
        columns.TextOrNull("error", "", "", candidate => candidate.Error),
        columns.Value<int>("names_replaced", "", "", candidate => candidate.NamesReplaced))
    {
        Asked = columns.Value<bool>("asked", "", "", candidate => candidate.Asked),
    };
}
