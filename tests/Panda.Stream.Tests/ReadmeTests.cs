using System.Text.RegularExpressions;
using Panda.Stream.Shards;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests;

public class ReadmeTests
{
    [Fact]
    public void The_tables_of_columns_are_those_of_the_code()
    {
        var readme = File.ReadAllText(Repository.File("README.md"));
        foreach (var (name, table) in new[]
        {
            (ShardTables.Clips.Folder, ShardTables.Clips.ToMarkdown()),
            (ShardTables.Segments.Folder, ShardTables.Segments.ToMarkdown()),
            (ShardTables.Filtered.Folder, ShardTables.Filtered.ToMarkdown()),
            (ShardTables.Failed.Folder, ShardTables.Failed.ToMarkdown()),
        })
        {
            var place = new Regex($"(<!-- columns of {name} -->\n)(.*?)(<!-- end -->)", RegexOptions.Singleline);
            Assert.Matches(place, readme);
            readme = place.Replace(readme, found => found.Groups[1].Value + table + found.Groups[3].Value);
        }
        Repository.AssertFile("README.md", readme);
    }
}
