using Panda.Stream.Captioning;

namespace Panda.Stream.Perf.Zoo;

/// <summary>A clip that no model was trained on, and what is true of it.</summary>
internal sealed record HeldOutClip(CaptionRequest Request, TrueScene Scene);

/// <summary>The scenes of models/heldout, trimmed as a run trims its clips.</summary>
internal static class HeldOutClips
{
    private const double Trim = 0.1;

    /// <param name="folder">Videos with a truth.json.</param>
    /// <param name="shortSide">Pixels of a kept frame's shorter side.</param>
    /// <returns>One after the other: their frames are many.</returns>
    public static IEnumerable<HeldOutClip> Read(string folder, int shortSide)
    {
        foreach (var (video, scenes) in World.Truth(Path.Combine(folder, "truth.json")))
        {
            var whole = scenes.Where(scene => scene.Kind == "scene").ToList();
            var spans = whole.ConvertAll(scene => new ClipSpan(scene.StartS + Trim * (scene.EndS - scene.StartS), scene.EndS - Trim * (scene.EndS - scene.StartS)));
            foreach (var (place, clip, _) in ClipReader.Read(Path.Combine(folder, video), spans, shortSide, ClipReader.KeptPerSecond))
                yield return new(clip, whole[place]);
        }
    }
}
