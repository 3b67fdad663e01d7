using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace MetaPrompt.Tests;

/// <summary>docs/security.md: every requirement once, each with a word about it, and no test that is not there.</summary>
public sealed partial class SecurityDocumentTests
{
    // The requirements of ASVS 5.0.0 of the levels 1 and 2, by section.
    private const string Requirements =
        """
        1.1:1,2 1.2:1,2,3,4,5,6,7,8,9 1.3:1,2,3,4,5,6,7,8,9,10,11 1.4:1,2,3 1.5:1,2 2.1:1,2,3 2.2:1,2,3 2.3:1,2,3,4 2.4:1 3.2:1,2 3.3:1,2,3,4 3.4:1,2,3,4,5,6
        3.5:1,2,3,4,5 3.7:1,2 4.1:1,2,3 4.2:1 4.3:1,2 4.4:1,2,3,4 5.1:1 5.2:1,2,3 5.3:1,2 5.4:1,2,3 6.1:1,2,3 6.2:1,2,3,4,5,6,7,8,9,10,11,12 6.3:1,2,3,4
        6.4:1,2,3,4 6.5:1,2,3,4,5 6.6:1,2,3 6.8:1,2,3,4 7.1:1,2,3 7.2:1,2,3,4 7.3:1,2 7.4:1,2,3,4,5 7.5:1,2 7.6:1,2 8.1:1,2 8.2:1,2,3 8.3:1 8.4:1 9.1:1,2,3
        9.2:1,2,3,4 10.1:1,2 10.2:1,2 10.3:1,2,3,4 10.4:1,2,3,4,5,6,7,8,9,10,11 10.5:1,2,3,4,5 10.6:1,2 10.7:1,2,3 11.1:1,2 11.2:1,2,3 11.3:1,2,3 11.4:1,2,3,4
        11.5:1 11.6:1 12.1:1,2,3 12.2:1,2 12.3:1,2,3,4 13.1:1 13.2:1,2,3,4,5 13.3:1,2 13.4:1,2,3,4,5 14.1:1,2 14.2:1,2,3,4 14.3:1,2,3 15.1:1,2,3 15.2:1,2,3
        15.3:1,2,3,4,5,6,7 16.1:1 16.2:1,2,3,4,5 16.3:1,2,3,4 16.4:1,2,3 16.5:1,2,3 17.1:1 17.2:1,2,3,4 17.3:1,2
        """;

    private static readonly string Text = File.ReadAllText(Path.Combine(ArchitectureTests.Repository, "docs", "security.md"));

    [Fact]
    public void Every_requirement_is_there_once_with_a_word_about_it()
    {
        var expected = Requirements.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(section => section.Split(':'))
            .SelectMany(section => section[1].Split(',').Select(number => $"{section[0]}.{number}")).ToList();
        var rows = Row().Matches(Text).Select(match => (Id: match.Groups[1].Value, State: match.Groups[2].Value, Words: match.Groups[3].Value.Trim())).ToList();

        Assert.Equal(253, expected.Count);
        Assert.Equal(expected, rows.Select(row => row.Id));
        Assert.All(rows, row => Assert.True(row.Words.Length > 3, row.Id));
        string Count(string state) => rows.Count(row => row.State == state).ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"{Count("met")} are met, {Count("n/a")} not applicable, {Count("open")} open.", Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_test_it_names_exists()
    {
        var classes = typeof(SecurityDocumentTests).Assembly.GetTypes().Where(type => type.Name.EndsWith("Tests", StringComparison.Ordinal)).ToLookup(type => type.Name);
        var named = Named().Matches(Text).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();

        Assert.InRange(named.Count, 80, 500);
        Assert.All(named, name => Assert.True(
            classes[name.Class].Any(type => name.Method.Length == 0 || type.GetMethod(name.Method) is not null), $"{name.Class} {name.Method} is named in docs/security.md and not there."));
    }

    [GeneratedRegex(@"^\| (\d+\.\d+\.\d+) \| (met|n/a|open) \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+Tests)(?:\.(\w+))?`")]
    private static partial Regex Named();
}
