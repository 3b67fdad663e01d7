using System.Text.Json;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Starter;
using Xunit;

namespace MetaPrompt.Tests.Starter;

public sealed partial class StarterGalleryTests
{
    public static TheoryData<string> Slugs => [.. StarterGallery.All.Select(template => template.Slug)];

    [Fact]
    public void There_are_thirty_templates()
    {
        Assert.Equal(30, StarterGallery.All.Count);
    }

    [Fact]
    public void They_cover_eight_categories_or_more_with_two_templates_each()
    {
        var categories = StarterGallery.All.GroupBy(template => template.Category).ToList();

        Assert.True(categories.Count >= 8, $"{categories.Count} categories");
        Assert.All(categories, category => Assert.True(category.Count() >= 2, category.Key));
    }

    [Fact]
    public void Every_kind_of_task_is_represented()
    {
        Assert.Equal(Enum.GetValues<TaskKind>(), StarterGallery.All.Select(template => template.Kind).Distinct().Order());
    }

    [Fact]
    public void No_two_share_a_title_or_an_id()
    {
        Assert.Equal(30, StarterGallery.All.DistinctBy(template => template.Title, StringComparer.OrdinalIgnoreCase).Count());
        Assert.Equal(60, StarterGallery.All.SelectMany(template => new[] { template.PromptId, template.TemplateId }).Distinct().Count());
    }

    [Fact]
    public void Ids_follow_from_the_name_of_the_file_and_never_change()
    {
        var template = StarterGallery.All.Single(template => template.Slug == "meeting-record");

        // Links to templates of the starter gallery hold across versions and installations.
        Assert.Equal(new Guid("5283bfc7-d431-50cc-b11d-f6fffb29993e"), template.PromptId);
        Assert.Equal(new Guid("3a72dbc1-4321-5f9b-9b28-18b8c5286758"), template.TemplateId);
        Assert.Equal(new Guid("6e13ca41-8c38-5ac1-8449-78d1677771a5"), StarterGallery.Author.Id);
        Assert.Equal(5, template.TemplateId.Version);
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Its_card_is_short_and_complete(string slug)
    {
        var template = Find(slug);

        Assert.InRange(template.Title.Length, 10, 70);
        Assert.InRange(template.Goal.Length, 20, 140);
        Assert.DoesNotContain('\n', template.Goal);
        Assert.InRange(template.Tags.Count, 2, 4);
        Assert.All(template.Tags, tag => Assert.Equal(tag.ToLowerInvariant().Trim(), tag));
        Assert.Distinct(template.Tags);
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Its_variables_are_those_of_its_text_and_each_can_be_understood(string slug)
    {
        var template = Find(slug);
        var declared = template.Variables.Select(variable => variable.Name).ToList();

        Assert.Equal(PromptTemplate.Parse(template.Template).VariableNames.Order(), declared.Order());
        Assert.InRange(declared.Count, 2, 5);
        Assert.All(template.Variables, variable =>
        {
            Assert.False(string.IsNullOrWhiteSpace(variable.Label), variable.Name);
            // A field that starts empty shows what could go into it.
            Assert.True(variable.Default is not null || variable.Example is not null || variable is { Required: false, Help: not null }, variable.Name);
        });
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Its_variables_survive_the_way_into_the_database_and_back(string slug)
    {
        var template = Find(slug);

        var read = PromptVariables.FromJson(PromptVariables.ToJson(template.Variables));

        Assert.Equal(
            template.Variables.Select(v => (v.Name, v.Label, v.Help, v.Type, v.Default, v.Example, v.Required, string.Join('|', v.Choices))),
            read.Select(v => (v.Name, v.Label, v.Help, v.Type, v.Default, v.Example, v.Required, string.Join('|', v.Choices))));
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void Material_that_is_pasted_stands_in_tags_of_its_own(string slug)
    {
        var template = Find(slug);

        foreach (var variable in template.Variables.Where(variable => variable.Type is VariableType.LongText or VariableType.Json))
            Assert.Matches($@"<(\w+)>\n\{{\{{{variable.Name}\}}\}}\n</\1>", template.Template);
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void The_json_it_shows_is_json(string slug)
    {
        foreach (Match block in JsonBlocks().Matches(Find(slug).Template))
            JsonDocument.Parse(block.Groups[1].Value).Dispose();
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void It_begins_with_its_task_and_not_with_a_role_or_a_heading(string slug)
    {
        var first = Find(slug).Template.Split('\n')[0];

        Assert.EndsWith(".", first.Replace("\".", ".", StringComparison.Ordinal).Replace("}}\"", "}}\".", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotMatch("^(#|You are|Act as|As an?|I want you)", first);
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void The_wizard_reads_its_goal_as_the_kind_it_is(string slug)
    {
        var template = Find(slug);

        var reading = GoalReader.Read(template.Goal);

        Assert.Equal((template.Kind, true), (reading.Kind, reading.KindIsClear));
    }

    [Theory]
    [MemberData(nameof(Slugs))]
    public void The_prompt_checks_find_nothing_to_warn_of(string slug)
    {
        var template = Find(slug);

        var findings = PromptChecks.Find(template.Template, template.Variables).Where(finding => finding.Level > FindingLevel.Info);

        Assert.Empty(findings.Select(finding => $"{finding.Rule}: {finding.Message} | {template.Template.Substring(finding.Start, finding.Length)}"));
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex JsonBlocks();

    private static StarterTemplate Find(string slug) => StarterGallery.All.Single(template => template.Slug == slug);
}
