using System.Text.RegularExpressions;
using Xunit;

namespace MetaPrompt.Tests;

/// <summary>ARCHITECTURE.md's table of rooms, held to: what a room may not use, its files do not name.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly DirectoryInfo Top = FindTop();

    /// <summary>The folder of the solution.</summary>
    internal static string Repository => Top.FullName;

    [Fact]
    public void Data_knows_neither_pages_nor_models() =>
        Holds("MetaPrompt.Data", "MetaPrompt.Web", "MudBlazor", "Microsoft.AspNetCore.Components", "Microsoft.Extensions.AI");

    [Fact]
    public void Prompting_does_no_input_or_output() =>
        Holds("MetaPrompt.Web/Prompting", "MetaPrompt.Data", "MetaPrompt.Web.Features", "MetaPrompt.Web.Models", "Npgsql", "Dapper", "HttpClient", "MudBlazor",
            "Microsoft.AspNetCore", "File.Read", "File.Write", "DateTime.Now", "DateTime.UtcNow");

    [Fact]
    public void Models_know_no_pages() =>
        Holds("MetaPrompt.Web/Models", "MetaPrompt.Web.Features", "MudBlazor", "Microsoft.AspNetCore.Components", "Dapper");

    [Fact]
    public void Monitoring_knows_no_pages() =>
        Holds("MetaPrompt.Web/Monitoring", "MetaPrompt.Web.Features", "MudBlazor", "Microsoft.AspNetCore.Components;", "using Dapper", "NpgsqlCommand(", "CreateCommand(");

    [Fact]
    public void Shared_knows_no_feature() => Holds("MetaPrompt.Web/Shared", "MetaPrompt.Web.Features", "MetaPrompt.Web.Models", "Npgsql");

    [Fact]
    public void Features_run_no_SQL_of_their_own() =>
        Holds("MetaPrompt.Web/Features", "using Dapper", "NpgsqlCommand(", "CreateCommand(");

    [Fact]
    public void Features_link_to_each_other_by_address_only()
    {
        var features = Folder("MetaPrompt.Web/Features").GetDirectories().Select(folder => folder.Name).ToArray();
        Assert.NotEmpty(features);
        var broken =
            from feature in features
            from file in Sources(Folder($"MetaPrompt.Web/Features/{feature}"))
            let text = Code(file)
            from other in features
            where other != feature && text.Contains($"MetaPrompt.Web.Features.{other}", StringComparison.Ordinal)
            select $"{feature}/{file.Name} names {other}";
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_query_begins_with_its_own_name()
    {
        var nameless =
            from file in Sources(Folder("MetaPrompt.Data"))
            // The server and the migrations talk to PostgreSQL before there is anything to watch them with.
            where file.Directory!.Name != "Database"
            let text = File.ReadAllText(file.FullName)
            from Match query in Query().Matches(text)
            where !query.Groups[1].Value.TrimStart().StartsWith("-- ", StringComparison.Ordinal)
            select $"{file.Name}: {query.Groups[1].Value.Trim()}";
        Assert.Empty(nameless);
    }

    private static void Holds(string folder, params string[] forbidden)
    {
        var files = Sources(Folder(folder)).ToArray();
        Assert.NotEmpty(files);
        var broken =
            from file in files
            let text = Code(file)
            from word in forbidden
            where text.Contains(word, StringComparison.Ordinal)
            select $"{folder}/{file.Name} names {word}";
        Assert.Empty(broken);
    }

    // What a comment or a docstring mentions is not used.
    private static string Code(FileInfo file) => Comment().Replace(File.ReadAllText(file.FullName), "");

    private static IEnumerable<FileInfo> Sources(DirectoryInfo folder) =>
        folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(file => file.Extension is ".cs" or ".razor")
            .Where(file => !file.FullName.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.FullName.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static DirectoryInfo Folder(string path) => new(Path.Combine(Top.FullName, path));

    private static DirectoryInfo FindTop()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MetaPrompt.sln")))
                return folder;
        }

        throw new InvalidOperationException("MetaPrompt.sln is not above the tests.");
    }

    [GeneratedRegex("""const string \w+ =\s*\"{3}\s*\n([^\n]*)""")]
    private static partial Regex Query();

    [GeneratedRegex(@"//[^\n]*|/\*[\s\S]*?\*/|@\*[\s\S]*?\*@")]
    private static partial Regex Comment();
}
