using Panda.Stream.Config.Binding;
using Panda.Stream.Models;
using Panda.Stream.Models.Devices;
using Panda.Stream.Selection.Filters;
using Panda.Stream.Splitting;

namespace Panda.Stream.Config;

/// <summary>Step 3, check: what no single value shows, such as missing files, unknown models and values that exclude each other.</summary>
internal sealed class PipelineChecks
{
    private readonly PipelineConfig _config;
    private readonly Locations _locations;
    private readonly List<Diagnostic> _diagnostics = [];

    private PipelineChecks(PipelineConfig config, Locations locations) => (_config, _locations) = (config, locations);

    /// <summary>All errors of a configuration whose paths are absolute; keys already found wrong are left alone.</summary>
    public static IReadOnlyList<Diagnostic> Run(PipelineConfig config, Locations locations, PipelineScope scope)
    {
        var checks = new PipelineChecks(config, locations);
        if (scope == PipelineScope.Whole)
        {
            checks.CheckInput();
            checks.CheckOutput();
            checks.CheckLists("select.filters.harmful_words", config.Select.Filters.HarmfulWords, files => WordList.Load(files));
            checks.CheckLists("select.filters.person_names", config.Select.Filters.PersonNames, files => PersonNames.Load(files));
        }
        else
        {
            checks.CheckNotSet("input", "the videos as arguments");
            checks.CheckNotSet("output", "--output DIR");
        }
        checks.CheckDevices();
        checks.CheckModels(scope);
        CheckSplit(config, locations, checks._diagnostics);
        return checks._diagnostics;
    }

    // A file may be that of a run; but who sets such a key for splitting alone expects something of it.
    private void CheckNotSet(string key, string instead)
    {
        if (_locations.Paths.Contains(key) && _locations[key].Line == 0)
            Report(key, DiagnosticCode.Conflict, $"not read where videos are only split, expected {instead}");
    }

    private void CheckInput()
    {
        var input = _config.Input;
        if (!_locations.IsSound("input") || File.Exists(input) || Directory.Exists(input))
            return;
        // Of a glob only the folder before the first wildcard must exist; what matches is found when the run begins.
        var wildcard = input.AsSpan().IndexOfAny('*', '?', '[');
        var folder = wildcard < 0 ? null : input[..input.LastIndexOf(Path.DirectorySeparatorChar, wildcard)];
        if (folder is null)
            Report("input", DiagnosticCode.UnusablePath, $"found no '{input}', expected a folder, a glob, a video or a .txt list");
        else if (folder.Length > 0 && !Directory.Exists(folder))
            Report("input", DiagnosticCode.UnusablePath, $"found no folder '{folder}', in which the glob '{input}' looks");
    }

    private void CheckOutput()
    {
        var output = _config.Output;
        if (!_locations.IsSound("output"))
            return;
        if (output == _config.Input)
            Report("output", DiagnosticCode.Conflict, $"found '{output}', which is the input (at {_locations["input"]}), expected another folder");
        if (Writable.Why(output) is { } reason)
            Report("output", DiagnosticCode.UnusablePath, reason);
    }

    private void CheckDevices()
    {
        if (_locations.IsSound("split.on") && !CardName.IsName(_config.Split.On))
            Report("split.on", DiagnosticCode.UnknownName, $"found {ScalarNode.Quote(_config.Split.On)}, expected {CardName.Form}");
        if (_locations.IsSound("decode.on") && !CardName.IsName(_config.Decode.On))
            Report("decode.on", DiagnosticCode.UnknownName, $"found {ScalarNode.Quote(_config.Decode.On)}, expected {CardName.Form}");
        var resources = _config.Resources;
        var names = resources.Devices ?? [];
        for (var i = 0; _locations.IsSound("resources.devices") && i < names.Count; i++)
        {
            var (path, name) = ($"resources.devices[{i}]", names[i]);
            var first = names.TakeWhile(device => device != name).Count();
            if (!ModelDevice.IsName(name))
                Report(path, DiagnosticCode.UnknownName, $"found {ScalarNode.Quote(name)}, expected {ModelDevice.NameForm}");
            else if (first < i)
                Report(path, DiagnosticCode.Conflict, $"found device '{name}' a second time, expected it once; the first is at {_locations[$"resources.devices[{first}]"]}");
        }
        if (!_locations.IsSound("resources.on"))
            return;
        foreach (var (model, device) in resources.On)
        {
            if (!_config.AllModels.Contains(model))
                Report($"resources.on.{model}", DiagnosticCode.UnknownName, $"found a device for {ScalarNode.Quote(model)}, which is no model of this configuration{Suggestion.Tail(model, [.. _config.AllModels])}");
            CheckDevice($"resources.on.{model}", device);
        }
    }

    private void CheckDevice(string path, string device)
    {
        if (_locations.IsSound("resources.devices") && !_config.Resources.DeviceNames.Contains(device))
            Report(path, DiagnosticCode.UnknownName, $"found device {ScalarNode.Quote(device)}, which is none of resources.devices{(_config.Resources.Devices is null ? ": auto" : "")}{Suggestion.Tail(device, _config.Resources.DeviceNames.ToList())}{(CardName.NumberOf(device) is null ? "" : "; ./panda devices tells what cards there are, and what lacks")}");
    }

    private void CheckLists(string path, IReadOnlyList<string> files, Action<IReadOnlyList<string>> load)
    {
        for (var i = 0; _locations.IsSound(path) && i < files.Count; i++)
        {
            try
            {
                load([files[i]]);
            }
            catch (ListFileException unfit)
            {
                Report($"{path}[{i}]", DiagnosticCode.UnusablePath, unfit.Message);
            }
        }
    }

    private void CheckModels(PipelineScope scope)
    {
        if (!_locations.IsSound("models"))
            return;
        if (!Directory.Exists(_config.Models))
        {
            Report("models", DiagnosticCode.UnusablePath, $"found no folder '{_config.Models}', expected one with a folder and a card.yaml for each model");
            return;
        }
        var models = new ModelFolder(_config.Models);
        CheckModel(models, "split.embedder", ModelKind.Embedder, _config.Split.Embedder);
        if (scope == PipelineScope.Splitting)
            return;
        if (_config.Coherence.Model is { } features)
            CheckModel(models, "coherence.model", ModelKind.Features, features);
        // Who captions in place of others does without their models.
        if (_config.Captioning == CaptionSource.Student)
            CheckModel(models, "caption.student", ModelKind.Teacher, _config.Caption.Student);
        else
            CheckTeachers(models);
        if (CheckModel(models, "select.matcher", ModelKind.Matcher, _config.Select.Matcher)?.Score is { } score && _config.Select.MinScore is { } least && score.WhyNone(least) is { } expected)
            Report("select.min_score", DiagnosticCode.OutOfRange, FormattableString.Invariant($"found {least}, expected {expected} in '{_config.Select.Matcher}'"));
    }

    private void CheckTeachers(ModelFolder models)
    {
        var teachers = _locations.IsSound("caption.teachers") ? _config.Caption.Teachers : [];
        for (var i = 0; i < teachers.Count; i++)
        {
            var path = $"caption.teachers[{i}]";
            var first = teachers.TakeWhile(teacher => teacher != teachers[i]).Count();
            if (first < i)
                Report(path, DiagnosticCode.Conflict, $"found teacher '{teachers[i]}' a second time, expected it once; the first is at {_locations[$"caption.teachers[{first}]"]}");
            else
                CheckModel(models, path, ModelKind.Teacher, teachers[i]);
        }
    }

    /// <summary>The model's card where it could be read.</summary>
    private ModelCard? CheckModel(ModelFolder models, string path, ModelKind kind, string name)
    {
        if (!_locations.IsSound(path))
            return null;
        if (!models.Has(name))
        {
            var fitting = models.OfKind(kind);
            var tail = fitting.Count > 0 ? Suggestion.Tail(name, fitting) : $", expected the name of a folder in '{_config.Models}' with a card.yaml of that kind";
            Report(path, DiagnosticCode.UnknownName, $"unknown {Word(kind)} {ScalarNode.Quote(name)}{tail}");
        }
        else if (LoadedCard.TryLoad(models.CardOf(name), _diagnostics)?.Card is { } card)
        {
            if (card.Kind != kind)
                Report(path, DiagnosticCode.UnfitModel, $"found '{name}', whose card says kind: {Word(card.Kind)} ({models.CardOf(name)}), expected kind: {Word(kind)}");
            if (card.On is { } device && !_config.Resources.On.ContainsKey(name))
                CheckDevice(path, device);
            // Results name models by their cards, configurations by their folders.
            if (card.Name != name)
                Report(path, DiagnosticCode.UnfitModel, $"found '{name}', whose card says name: {ScalarNode.Quote(card.Name)} ({models.CardOf(name)}), expected the name of its folder");
            return card;
        }
        return null;
    }

    private static string Word(Enum value) => Names.Of(value.ToString());

    /// <summary>Numbers of splitting that exclude each other.</summary>
    public static void CheckSplit(PipelineConfig config, Locations locations, ICollection<Diagnostic> diagnostics)
    {
        CheckThreshold(config.Split, locations, diagnostics);
        if (!locations.IsSound("split.preset") || !locations.IsSound("split.shortest_s") || !locations.IsSound("split.longest_s"))
            return;
        var split = config.Split.ToSettings();
        if (split.ShortestClip > split.LongestClip)
        {
            // With one of them from the preset, the mistake is where the other was written.
            var key = config.Split.ShortestS is null ? "split.longest_s" : "split.shortest_s";
            diagnostics.Add(new(locations[key], DiagnosticCode.Conflict, $"{key}: found a shortest clip of {split.ShortestClip} s and a longest of {split.LongestClip} s, expected the shortest to be at most the longest"));
        }
    }

    private static void CheckThreshold(SplitConfig split, Locations locations, ICollection<Diagnostic> diagnostics)
    {
        if (Array.Exists(["split.detector", "split.histogram_channels", "split.histogram_metric", "split.threshold"], key => !locations.IsSound(key)) || split.Threshold is not { } threshold)
            return;
        var settings = split.ToSettings();
        var (usual, most) = DetectorThreshold.Of(settings.Detector, settings.HistogramChannels, settings.HistogramMetric);
        if (threshold > most)
            diagnostics.Add(new(locations["split.threshold"], DiagnosticCode.OutOfRange,
                $"split.threshold: found {threshold}, which no frame reaches with detector {Word(settings.Detector)} and histogram_metric {Word(settings.HistogramMetric)}, expected a number from 0 to {most}; without the key it is {usual}"));
    }

    private void Report(string path, DiagnosticCode code, string message) =>
        _diagnostics.Add(new(_locations[path], code, $"{path}: {message}"));
}
