using System.Text.RegularExpressions;
using Panda.Stream.Captioning;
using Panda.Stream.Captioning.Stages;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Models;

/// <summary>Whether a teacher's stages and prompt use only what is there by then: tensors, texts and fields.</summary>
internal static class StageChecks
{
    internal static IEnumerable<Diagnostic> Check(ModelCard card, Locations at)
    {
        HashSet<string> tensors = [], texts = [.. PromptFields.Known, .. card.Prompt?.Given ?? []];
        var mistakes = new List<Diagnostic>();
        if (card.Picture is not null)
            tensors.Add("frames");
        if (card.Text is { } text)
        {
            CheckFields(text.Text, "text.text");
            tensors.UnionWith(["text_ids", "text_mask"]);
        }
        for (var i = 0; i < card.AllStages.Count; i++)
            CheckStage(card.AllStages[i], $"stages[{i}]");
        if (card.Prompt is { } prompt)
            CheckPrompt(prompt);
        return mistakes;

        void Report(string path, DiagnosticCode code, string message) => mistakes.Add(new(at[path], code, $"{path}: {message}"));

        void CheckStage(StageCard stage, string path)
        {
            if (new[] { stage.Run, stage.Ask, stage.Tags }.Count(kind => kind is not null) != 1)
            {
                Report(path, DiagnosticCode.Conflict, "found none or several of run, ask and tags, expected one of them");
                return;
            }
            foreach (var (key, tensor) in stage.Run is not null ? stage.Inputs.Select(input => ($"inputs.{input.Key}", input.Value)) : stage.Tags is { } scores ? [("tags", scores)] : [])
                if (!tensors.Contains(tensor))
                    Report($"{path}.{key}", DiagnosticCode.UnknownName, $"unknown tensor {ScalarNode.Quote(tensor)}{Suggestion.Tail(tensor, tensors)}");
            if (stage.Run is { } unknown && card.Stages is not null && !card.Sessions.ContainsKey(unknown))
            {
                Report($"{path}.run", DiagnosticCode.UnknownName, $"unknown session {ScalarNode.Quote(unknown)}{Suggestion.Tail(unknown, [.. card.Sessions.Keys])}");
            }
            else if (stage.Run is { } session && card.Stages is not null)
            {
                mistakes.AddRange(CardChecks.Session(card, at, session, [.. stage.Inputs.Keys], [.. stage.Outputs.Values]));
                if (stage.Outputs.Count == 0)
                    Report(path, DiagnosticCode.MissingKey, "found no outputs, expected names of tensors with the outputs that they are");
            }
            tensors.UnionWith(stage.Outputs.Keys);
            if (stage.Run is not null)
                return;
            if (stage.Into is not { } into || !Regex.IsMatch(into, @"^\w+$") || !texts.Add(into))
                Report(path, DiagnosticCode.MissingKey, $"found {(stage.Into is null ? "no key 'into'" : $"into: {ScalarNode.Quote(stage.Into)}")}, expected a name of its own for the text, of letters, digits and _");
            if (stage.Ask is { } asked && !StageCard.IsName(asked))
                Report($"{path}.ask", DiagnosticCode.OutOfRange, $"found {ScalarNode.Quote(asked)}, expected the name of a folder beside this card's");
            if (stage.Tags is not null && stage.Labels is null)
                Report(path, DiagnosticCode.MissingKey, "found no key 'labels', expected a file with a label a line");
        }

        void CheckPrompt(PromptCard prompt)
        {
            var visual = prompt.Segments.Count(segment => segment.Visual);
            if (visual != (tensors.Contains("visual_tokens") ? 1 : 0))
                Report("prompt.segments", DiagnosticCode.Conflict, $"found {Plural.Of(visual, "segment")} with visual: true, expected {(tensors.Contains("visual_tokens") ? "one" : "none, since no stage makes visual_tokens")}");
            for (var i = 0; i < prompt.Segments.Count; i++)
            {
                var (segment, path) = (prompt.Segments[i], $"prompt.segments[{i}]");
                if ((segment.Visual ? 1 : 0) + (segment.Slot is null ? 0 : 1) + (segment.Text is null ? 0 : 1) != 1)
                    Report(path, DiagnosticCode.Conflict, "found none or several of visual, slot and text, expected one of them");
                if (segment.Slot is { } slot && !tensors.Contains(slot))
                    Report($"{path}.slot", DiagnosticCode.UnknownName, $"unknown tensor {ScalarNode.Quote(slot)}{Suggestion.Tail(slot, tensors)}");
                if (segment.When is { } field && !texts.Contains(field))
                    Report($"{path}.when", DiagnosticCode.UnknownName, $"unknown field {ScalarNode.Quote(field)}{Suggestion.Tail(field, texts)}");
                CheckFields(segment.Text ?? "", $"{path}.text");
            }
            foreach (var field in prompt.Limits.Keys.Where(field => !texts.Contains(field)))
                Report($"prompt.limits.{field}", DiagnosticCode.UnknownName, $"unknown field {ScalarNode.Quote(field)}{Suggestion.Tail(field, texts)}");
        }

        void CheckFields(string text, string path)
        {
            foreach (Match field in PromptCard.Fields().Matches(text))
                if (!texts.Contains(field.Groups[1].Value))
                    Report(path, DiagnosticCode.UnknownName, $"unknown field {field.Value}, expected one of {string.Join(", ", texts.Select(name => $"{{{name}}}"))}");
        }
    }
}
