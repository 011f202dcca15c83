using System.ComponentModel.DataAnnotations;
using System.Text;
using Panda.Stream.Config;
using Panda.Stream.Config.Binding;

namespace Panda.Stream.Tests.Config.Binding;

public class YamlBinderTests
{
    public enum Fur { Woolly, VeryLong, Width256 }

    public sealed record Home
    {
        public required string City { get; init; }
        [Length(2, 2), Range(0, 100)]
        public IReadOnlyList<int> Position { get; init; } = [0, 0];
    }

    public sealed record Animal
    {
        public required string Name { get; init; }
        public Fur Fur { get; init; }
        [Range(0.0, 10.0, MinimumIsExclusive = true)]
        public double Height { get; init; } = 1;
        [NullIs("auto"), Range(1, int.MaxValue)]
        public int? Legs { get; init; } = 4;
        public bool Wild { get; init; }
        public Home? Home { get; init; }
        public IReadOnlyDictionary<string, Home> Homes { get; init; } = new Dictionary<string, Home>();
        public IReadOnlyList<Home> Places { get; init; } = [];
    }

    private static Bound<Animal> Bind(string text) => YamlBinder.Parse<Animal>("a.yaml", Encoding.UTF8.GetBytes(text));

    [Fact]
    public void A_whole_mapping_binds()
    {
        var animal = Bind("""
            name: 3d          # any scalar is text
            fur: very_long
            height: 2.5e-1
            legs: auto
            wild: true
            home: &cave {city: 'true', position: [1, 2]}
            homes: {winter: *cave, a.b: {city: York}}
            places: [*cave]
            """).Value!;
        Assert.Equal(("3d", Fur.VeryLong, 0.25, null, true), (animal.Name, animal.Fur, animal.Height, animal.Legs, animal.Wild));
        Assert.Equal(("true", 2), (animal.Home!.City, animal.Home.Position[1]));
        Assert.Equal(["winter", "a.b"], animal.Homes.Keys);
        Assert.Equal("true", animal.Places[0].City);
    }

    [Fact]
    public void What_is_not_written_keeps_the_record_s_own_value()
    {
        var animal = Bind("name: x").Value!;
        Assert.Equal((1.0, 4, null), (animal.Height, animal.Legs, animal.Home));
        Assert.StartsWith("legs: found nothing", Assert.Single(Bind("{name: x, legs: }").Diagnostics).Message);
    }

    [Theory]
    [InlineData("{name: x, fur: woolly, legz: 4}", "a.yaml(1,24): error PS104: unknown key 'legz'; did you mean 'legs'?")]
    [InlineData("{name: x, colour: red}", "a.yaml(1,11): error PS104: unknown key 'colour', expected one of name, fur, height, legs, wild, home, homes, places")]
    [InlineData("fur: woolly", "a.yaml(1,1): error PS105: found no key 'name', expected text")]
    [InlineData("{name: [x]}", "a.yaml(1,8): error PS106: name: found a list, expected text")]
    [InlineData("{name: }", "a.yaml(1,8): error PS106: name: found nothing, expected text")]
    [InlineData("{name: x, fur: verylong}", "a.yaml(1,16): error PS104: fur: unknown value 'verylong'; did you mean 'very_long'?")]
    [InlineData("{name: x, height: 0}", "a.yaml(1,19): error PS107: height: found 0, expected a number above 0 up to 10")]
    [InlineData("{name: x, height: .nan}", "a.yaml(1,19): error PS106: height: found '.nan', expected a number above 0 up to 10")]
    [InlineData("{name: x, height: '2'}", "a.yaml(1,19): error PS106: height: found the quoted text '2', expected a number above 0 up to 10")]
    [InlineData("{name: x, height: 1e999}", "a.yaml(1,19): error PS107: height: found 1e999, expected a number above 0 up to 10")]
    [InlineData("{name: x, legs: 2.0}", "a.yaml(1,17): error PS106: legs: found '2.0', expected a whole number of 1 or more, or auto")]
    [InlineData("{name: x, legs: 0}", "a.yaml(1,17): error PS107: legs: found 0, expected a whole number of 1 or more, or auto")]
    [InlineData("{name: x, legs: 99999999999}", "a.yaml(1,17): error PS107: legs: found 99999999999, expected a whole number of 1 or more, or auto")]
    [InlineData("{name: x, wild: yes}", "a.yaml(1,17): error PS106: wild: found 'yes', expected true or false")]
    [InlineData("{name: x, home: {city: y, position: [1]}}", "a.yaml(1,37): error PS107: home.position: found a list of 1, expected a list of 2")]
    [InlineData("{name: x, home: {city: y, position: [1, 101]}}", "a.yaml(1,41): error PS107: home.position[1]: found 101, expected a whole number from 0 to 100")]
    [InlineData("{name: x, homes: {a: {}}}", "a.yaml(1,22): error PS105: homes.a: found no key 'city', expected text")]
    [InlineData("{name: x, homes: [1]}", "a.yaml(1,18): error PS106: homes: found a list, expected a mapping")]
    [InlineData("name: x\nfur: woolly\nname: y", "a.yaml(3,1): error PS103: found key 'name' a second time, expected it once; the first is at a.yaml(1,1)")]
    [InlineData("[name, x]", "a.yaml(1,1): error PS106: found a list, expected a mapping")]
    [InlineData("{name: x, [a]: b}", "a.yaml(1,11): error PS106: found a list as a key, expected a name")]
    [InlineData("{name: *x}", "a.yaml(1,8): error PS102: found the alias '*x', expected its anchor '&x' before it")]
    [InlineData("{name: !!int 3}", "a.yaml(1,8): error PS102: found the tag 'tag:yaml.org,2002:int', expected a value without a tag")]
    [InlineData("!![", "a.yaml(1,4): error PS102: found text from here on that is not YAML")]
    [InlineData("name: x\n---\nname: y", "a.yaml(2,1): error PS102: found a second document, expected one")]
    [InlineData("", "a.yaml(1,1): error PS101: found an empty file, expected keys and values")]
    [InlineData("# only a remark\n", "a.yaml(1,1): error PS101: found an empty file, expected keys and values")]
    public void Each_mistake_is_told_with_its_place(string text, string expected)
    {
        var bound = Bind(text);
        Assert.Equal(expected, Assert.Single(bound.Diagnostics).ToString());
        Assert.Null(bound.Value);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_in_the_order_of_the_file()
    {
        var bound = Bind("""
            fur: wooly
            height: tall
            places:
              - city: y
              - town: z
            legz: 3
            fur: woolly
            """);
        Assert.Equal(
            [(1, 1), (1, 6), (2, 9), (5, 5), (5, 5), (6, 1), (7, 1)],
            bound.Diagnostics.Select(diagnostic => (diagnostic.At.Line, diagnostic.At.Column)));
    }

    [Fact]
    public void Places_are_known_to_later_checks()
    {
        var locations = Bind("name: x\nhome:\n  city: y\n  position: [3, 4]\n").Locations;
        Assert.Equal(("a.yaml", 3, 9), (locations["home.city"].Source, locations["home.city"].Line, locations["home.city"].Column));
        Assert.Equal((4, 17), (locations["home.position[1]"].Line, locations["home.position[1]"].Column));
        Assert.Equal(3, locations["home.nothing[2].here"].Line);
        Assert.Equal(1, locations["fur"].Line);
    }

    [Theory]
    [InlineData("[", 10_000)]
    [InlineData("{a: ", 10_000)]
    [InlineData("- ", 10_000)]
    public void Nesting_without_end_is_told_not_crashed_on(string opening, int times) =>
        Assert.Equal(DiagnosticCode.Syntax, Bind(string.Concat(Enumerable.Repeat(opening, times))).Diagnostics[0].Code);

    [Fact]
    public void A_kilobyte_that_stands_for_a_billion_values_is_refused()
    {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 9).Select(i =>
            $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));
        Assert.Contains("more than 100000 values", Assert.Single(Bind(text).Diagnostics).Message, StringComparison.Ordinal);
    }
}
