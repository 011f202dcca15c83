using Panda.Stream.Models;
using Panda.Stream.Native.OnnxRuntime;

namespace Panda.Stream.Captioning.Stages;

/// <summary>A stage that runs a session. What a shared session makes of a clip is kept with the clip, for the other cards that share it.</summary>
internal sealed class SessionStage(StageCard card, string id, ModelSession session) : IDisposable
{
    private readonly string[] _names = [.. card.Outputs.Keys], _outputs = [.. card.Outputs.Values];

    /// <summary>Adds what it makes to the tensors of the batch.</summary>
    internal void Run(IReadOnlyList<ClipWork> clips, IDictionary<string, StageTensor> tensors)
    {
        var inputs = card.Inputs.Select(input => (Name: input.Key, Tensor: tensors[input.Value])).ToArray();
        var keys = inputs.All(input => input.Tensor.Keys is not null)
            ? clips.Select((_, row) => $"{id}{(card.Fold ? "/fold" : "")}({string.Join(';', inputs.Select(input => $"{input.Name}={input.Tensor.Keys![row]}"))})").ToArray()
            : null;
        var made = session.IsShared && keys is not null
            ? Shared(clips, inputs, [.. keys.Select(key => $"{key}:{string.Join(',', _outputs)}")])
            : Call(inputs, [.. Enumerable.Range(0, clips.Count)]);
        for (var i = 0; i < _names.Length; i++)
            tensors[_names[i]] = new(made[i], keys?.Select(key => $"{key}:{_outputs[i]}").ToArray());
    }

    /// <summary>The type in which the session takes a tensor; null where it takes none of that name.</summary>
    internal TensorElementType? TypeOf(string tensor) =>
        card.Inputs.Where(input => input.Value == tensor).Select(input => (TensorElementType?)session.InputType(input.Key)).FirstOrDefault();

    public void Dispose() => session.Dispose();

    private OnnxValue[] Shared(IReadOnlyList<ClipWork> clips, (string Name, StageTensor Tensor)[] inputs, string[] keys)
    {
        var results = new Task<TensorRow[]>[clips.Count];
        var claims = new List<(int Row, TaskCompletionSource<TensorRow[]> Source)>();
        for (var row = 0; row < clips.Count; row++)
            if (clips[row].Request.Memo.Claim(keys[row], out results[row]) is { } claim)
                claims.Add((row, claim));
        if (claims.Count > 0)
            Give(clips, inputs, keys, claims);
        var rows = Array.ConvertAll(results, result => result.GetAwaiter().GetResult());
        return [.. _outputs.Index().Select(output => StageTensor.Join([.. rows.Select(row => row[output.Index])]))];
    }

    private void Give(IReadOnlyList<ClipWork> clips, (string Name, StageTensor Tensor)[] inputs, string[] keys, List<(int Row, TaskCompletionSource<TensorRow[]> Source)> claims)
    {
        try
        {
            var made = Call(inputs, [.. claims.Select(claim => claim.Row)]);
            for (var i = 0; i < claims.Count; i++)
                claims[i].Source.SetResult([.. made.Select(output => StageTensor.Row(output, i))]);
            Array.ForEach(made, output => output.Dispose());
        }
        catch (Exception error)
        {
            foreach (var (row, source) in claims)
                clips[row].Request.Memo.Fail(keys[row], source, error);
            throw;
        }
    }

    /// <summary>Runs the session on some of the clips; outputs are [clips, ...].</summary>
    private OnnxValue[] Call((string Name, StageTensor Tensor)[] inputs, IReadOnlyList<int> rows)
    {
        var given = new List<OnnxInput>();
        var owned = new List<OnnxValue>();
        try
        {
            var frames = 0L;
            foreach (var (name, tensor) in inputs)
            {
                var value = tensor.Value;
                if (rows.Count < value.Shape[0])
                    owned.Add(value = value.Gather(rows));
                if (card.Fold)
                {
                    frames = value.Shape[1];
                    owned.Add(value = value.View([rows.Count * frames, .. value.Shape[2..]]));
                }
                var enough = StageTensor.WithEnoughRows(value);
                if (enough != value)
                    owned.Add(enough);
                given.Add(new(name, enough));
            }
            // What is kept with the clip must be in the machine's memory; the rest is left where the next stage finds it.
            var outputs = session.IsShared ? session.Run([.. given], _outputs) : session.RunThere([.. given], _outputs);
            return Array.ConvertAll(outputs, output =>
            {
                using (output)
                    return output.View(card.Fold ? [rows.Count, frames, .. output.Shape[1..]] : [rows.Count, .. output.Shape[1..]]);
            });
        }
        finally
        {
            owned.ForEach(value => value.Dispose());
        }
    }
}
