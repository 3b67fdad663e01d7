using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class PublishTermsTests
{
    [Fact]
    public void Commas_part_tags_which_become_lower_case_and_stand_once()
    {
        var (tags, problem) = PublishTerms.Add(["review"], " Code, REVIEW,,python ");

        Assert.Equal(["review", "code", "python"], tags);
        Assert.Null(problem);
    }

    [Fact]
    public void The_eleventh_tag_is_refused_and_the_ten_stay()
    {
        var ten = Enumerable.Range(1, 10).Select(number => $"t{number}").ToArray();

        var (tags, problem) = PublishTerms.Add(ten, "one more");

        Assert.Equal(ten, tags);
        Assert.Contains("10", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_that_is_too_long_is_refused()
    {
        var (tags, problem) = PublishTerms.Add([], new string('x', 41));

        Assert.Empty(tags);
        Assert.NotNull(problem);
    }

    [Fact]
    public void Categories_in_use_stand_among_the_suggested_ones_each_once_whatever_its_case()
    {
        var categories = PublishTerms.Categories(["writing", "Zoology"]);

        Assert.Contains("writing", categories);
        Assert.DoesNotContain("Writing", categories);
        Assert.Equal("Zoology", categories[^1]);
        Assert.Contains("Coding", categories);
    }

    [Theory]
    [InlineData("title")]
    [InlineData("goal")]
    [InlineData("template")]
    [InlineData("default")]
    public void A_key_is_found_wherever_it_would_become_public(string place)
    {
        const string Key = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6";
        string In(string where) => where == place ? Key : "Nothing to see.";

        var found = PublishGuard.Find(In("title"), In("goal"), In("template"), [new PromptVariable { Name = "x", Default = In("default") }]);

        Assert.NotEmpty(found);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(49_990)]
    [InlineData(70_000)]
    [InlineData(299_900)]
    public void A_key_is_found_anywhere_in_a_long_text(int at)
    {
        const string Key = "sk-proj-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6";
        var words = string.Concat(Enumerable.Repeat("a word ", 43_000));

        var found = Assert.Single(PublishGuard.Find("t", "g", words[..at] + " " + Key + " " + words[at..], []));

        Assert.Equal(at + 1, found.Start);
        Assert.Contains(Key, found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_text_is_another_confirmation()
    {
        var texts = new[] { ("a", "b", "c", "d"), ("ab", "", "c", "d"), ("a", "b", "c", "e"), ("a", "b", "c ", "d") };

        Assert.Equal(4, texts.Select(text => PublishGuard.TextOf(text.Item1, text.Item2, text.Item3, text.Item4)).Distinct().Count());
        Assert.Equal(PublishGuard.TextOf("a", "b", "c", "d"), PublishGuard.TextOf("a", "b", "c", "d"));
    }

    [Fact]
    public void An_ordinary_prompt_is_not_stopped() =>
        Assert.Empty(PublishGuard.Find("Release notes", "Notes from pull requests", "Write release notes for {{product}} from:\n{{pull_requests}}", [new PromptVariable { Name = "product", Example = "MetaPrompt" }]));
}
