using Panda.Stream.Config;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.Config;

/// <summary>Every Data/config/NAME.yaml is wrong in its own way; NAME.expected beside it is what must be said of it, to the letter.</summary>
public class BadFileTests
{
    private const string Folder = "tests/Panda.Stream.Tests/Data/config";

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Repository.File(Folder), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public void Each_says_what_is_expected_of_it(string name)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File($"{name}.yaml");
        File.Copy(Repository.File($"{Folder}/{name}.yaml"), file);
        Directory.CreateDirectory(folder.File("videos"));
        ModelsFolder.Make(folder.File("models"), embedders: ["layout"], teachers: [.. new CaptionConfig().Teachers], matchers: ["mini-umt"]);
        Directory.CreateDirectory(folder.File("models", "torn"));
        File.WriteAllText(folder.File("models", "torn", "card.yaml"), "name: torn\nkind: teacher\nframes: {rule: arange\n");

        var output = new StringWriter();
        var exitCode = ConfigErrors.Validate(file, [], output);
        Assert.Equal(2, exitCode);
        Repository.AssertFile($"{Folder}/{name}.expected", output.ToString().Replace(folder.Path + "/", "", StringComparison.Ordinal));
    }
}
