using System.Text.Json;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Prompting.Assertions;

/// <summary>What the standards' own test suites ask; README.md beside them says what was left out.</summary>
public sealed class SuiteTests
{
    // What is not known here is refused, and not got wrong: addresses inside a schema, and JavaScript names of Unicode classes.
    private static readonly string[] Refusals = ["an $id below the top", "nothing is fetched", "cannot be checked here", "the pattern"];

    [Fact]
    public void JSON_Schema_is_checked_as_its_own_test_suite_has_it()
    {
        var (wrong, right, refused) = (new List<string>(), 0, 0);
        foreach (var (keyword, group) in Groups())
        {
            var schema = SchemaReader.Read(group.GetProperty("schema").GetRawText(), out var problem);
            if (schema is null)
            {
                if (Refusals.Any(refusal => problem.Contains(refusal, StringComparison.Ordinal)))
                    refused += group.GetProperty("tests").GetArrayLength();
                else
                    wrong.Add($"{keyword}: {group.GetProperty("description")}: {problem}");
                continue;
            }

            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                if (SchemaCheck.Problems(schema, test.GetProperty("data")).Count == 0 == test.GetProperty("valid").GetBoolean())
                    right++;
                else
                    wrong.Add($"{keyword}: {group.GetProperty("description")}: {test.GetProperty("description")}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(right > 800, $"Only {right} were checked, {refused} refused.");
    }

    [Fact]
    public void A_JSON_path_finds_what_its_own_test_suite_has_it_find()
    {
        using var suite = JsonDocument.Parse(File("JsonPathSuite.json"));
        var wrong = new List<string>();
        foreach (var test in suite.RootElement.EnumerateArray())
        {
            var found = JsonPlaces.Parse(test.GetProperty("selector").GetString()!, out var problem)?.Find(test.GetProperty("document"));
            var is_one = found is not null && test.GetProperty("results").EnumerateArray().Any(result =>
                result.GetArrayLength() == found.Count && result.EnumerateArray().Zip(found).All(pair => JsonElement.DeepEquals(pair.First, pair.Second)));
            if (!is_one)
                wrong.Add($"{test.GetProperty("name")}: {test.GetProperty("selector")} {problem} {(found is null ? "" : string.Join(',', found))}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(suite.RootElement.GetArrayLength() > 150);
    }

    private static IEnumerable<(string Keyword, JsonElement Group)> Groups()
    {
        using var suite = JsonDocument.Parse(File("JsonSchemaSuite.json"));
        foreach (var keyword in suite.RootElement.EnumerateObject())
        {
            foreach (var group in keyword.Value.EnumerateArray())
                yield return (keyword.Name, group);
        }
    }

    private static string File(string name) => System.IO.File.ReadAllText(Path.Combine(ArchitectureTests.Repository, "MetaPrompt.Tests", "Prompting", "Assertions", name));
}
