using System.Reflection;
using System.Runtime.InteropServices;
using Panda.Stream.Native;
using Panda.Stream.Native.DuckDb;
using Panda.Stream.Tests.Support;

namespace Panda.Stream.Tests.DuckDb;

public class DuckDbConnectionTests
{
    [Fact]
    public void Every_bound_function_is_in_the_library()
    {
        var library = NativeLoader.Load(NativeLibraries.All.Single(known => known.ImportName == NativeLibraries.DuckDb));
        var names = typeof(DuckDbNative).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.Name).Where(name => name.StartsWith("duckdb_", StringComparison.Ordinal)).ToList();
        Assert.True(names.Count > 40);
        Assert.All(names, name => Assert.True(NativeLibrary.TryGetExport(library, name, out _), name));
    }

    [Fact]
    public void The_result_struct_has_the_size_of_the_header()
    {
        Assert.Equal(48, Marshal.SizeOf<DuckDbNative.Result>());
        Assert.Equal(16, Marshal.SizeOf<DuckDbNative.ListEntry>());
    }

    [Fact]
    public void Another_version_is_refused_with_both_versions_named()
    {
        Assert.StartsWith("v1.5.", DuckDbLibrary.Version);
        var refused = Assert.Throws<NativeLibraryException>(() => DuckDbLibrary.Require("v1.4.2"));
        Assert.Contains("found version 'v1.4.2', expected v1.5.x", refused.Message);
    }

    [Fact]
    public void Parameters_arrive_as_they_are()
    {
        using var database = DuckDbConnection.Open(new());
        using var result = database.Query("SELECT $1::VARCHAR, $2::VARCHAR, $3::BIGINT, $4::DOUBLE, $5::VARCHAR", "it's 東京", "", long.MinValue, 0.1, null);
        Assert.True(result.Read());
        Assert.Equal("it's 東京", result[0].AsText);
        Assert.Equal("", result[1].AsText);
        Assert.Equal(long.MinValue, result[2].AsLong);
        Assert.Equal(0.1, result[3].AsDouble);
        Assert.True(result[4].IsNull);
        Assert.False(result.Read());
        Assert.Throws<ArgumentException>(() => database.Query("SELECT $1", 1, 2));
    }

    [Fact]
    public void Nested_values_are_read()
    {
        using var database = DuckDbConnection.Open(new());
        using var result = database.Query(
            "SELECT [{'name': 'a', 'at': [1.5::FLOAT, 2]}, {'name': NULL, 'at': NULL}] AS items FROM range(5000) WHERE range <> 7");
        Assert.Equal(["items"], result.Columns);
        var rows = 0;
        for (; result.Read(); rows++)
        {
            Assert.Equal(2, result[0].Count);
            Assert.Equal("a", result[0].Item(0).Field(0).AsText);
            Assert.Equal([1.5f, 2f], result[0].Item(0).Field(1).ListOrNull<float>()!);
            Assert.Null(result[0].Item(1).Field(0).TextOrNull);
            Assert.Null(result[0].Item(1).Field(1).ListOrNull<float>());
        }
        Assert.Equal(4999, rows);
    }

    [Fact]
    public void A_value_read_as_another_type_or_beyond_its_list_is_refused()
    {
        using var database = DuckDbConnection.Open(new());
        using var result = database.Query("SELECT 1::INTEGER, NULL::INTEGER, [1]");
        Assert.Throws<InvalidOperationException>(() => result[0].AsInt);
        result.Read();
        Assert.Throws<InvalidCastException>(() => result[0].AsText);
        Assert.Throws<InvalidCastException>(() => result[1].AsInt);
        Assert.Throws<ArgumentOutOfRangeException>(() => result[2].Item(1).AsInt);
        Assert.Throws<ArgumentOutOfRangeException>(() => result[2].Item(-1).AsInt);
    }

    [Fact]
    public void A_result_outlives_its_connection()
    {
        var database = DuckDbConnection.Open(new());
        using var result = database.Query("SELECT range::INTEGER FROM range(10000)");
        database.Dispose();
        var sum = 0;
        while (result.Read())
            sum += result[0].AsInt;
        Assert.Equal(49_995_000, sum);
        Assert.Throws<ObjectDisposedException>(() => database.Execute("SELECT 1"));
    }

    [Fact]
    public void Errors_carry_DuckDBs_own_words_in_one_line()
    {
        using var database = DuckDbConnection.Open(new());
        var parse = Assert.Throws<DuckDbException>(() => database.Execute("SELEC 1"));
        Assert.Contains("syntax error at or near \"SELEC\"", parse.Message);
        Assert.DoesNotContain('\n', parse.Message);
        var run = Assert.Throws<DuckDbException>(() => database.Execute("SELECT error('broke here')"));
        Assert.Contains("broke here", run.Message);
        var table = Assert.Throws<DuckDbException>(() => database.Append("nowhere").Dispose());
        Assert.Contains("nowhere", table.Message);
    }

    [Fact]
    public void Memory_is_bounded_and_nothing_spills_to_disk()
    {
        using var database = DuckDbConnection.Open(new() { MemoryMiB = 32 });
        var refused = Assert.Throws<DuckDbException>(() => database.Execute("CREATE TABLE t AS SELECT repeat('x', 1000) || range AS x FROM range(1000000)"));
        Assert.Contains("Out of Memory", refused.Message);
    }

    [Fact]
    public void Only_the_given_folder_can_be_reached_and_settings_are_locked()
    {
        using var folder = new TemporaryFolder();
        using var database = DuckDbConnection.Open(new() { OnlyFolder = folder.Path });
        database.Execute($"COPY (SELECT 1) TO {SqlText.Literal(folder.File("a.parquet"))} (FORMAT parquet)");
        Assert.Contains("Permission Error", Assert.Throws<DuckDbException>(() => database.Execute("SELECT * FROM read_text('/etc/hostname')")).Message);
        Assert.Contains("Permission Error", Assert.Throws<DuckDbException>(() => database.Execute($"COPY (SELECT 1) TO {SqlText.Literal(folder.File("..", "b.parquet"))} (FORMAT parquet)")).Message);
        Assert.Throws<DuckDbException>(() => database.Execute("SET enable_external_access = true"));
        Assert.Throws<DuckDbException>(() => database.Execute("SET autoinstall_known_extensions = true"));
    }

    [Fact]
    public void Quoting_leaves_no_way_out_of_a_literal()
    {
        Assert.Equal("'it''s'", SqlText.Literal("it's"));
        Assert.Equal("\"a\"\"b\"", SqlText.Name("a\"b"));
        Assert.Equal("'[*][?][[]x]'", SqlText.File("*?[x]"));
        Assert.Throws<ArgumentException>(() => SqlText.Literal("a\0b"));
    }
}
