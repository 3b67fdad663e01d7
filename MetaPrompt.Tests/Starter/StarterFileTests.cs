using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Starter;
using Xunit;

namespace MetaPrompt.Tests.Starter;

public sealed class StarterFileTests
{
    private const string Front = "title: A title\ngoal: A goal\ncategory: Business\nkind: write\ntags: [one, two]\n";

    [Fact]
    public void A_file_is_its_front_block_and_below_it_the_template_as_it_is()
    {
        var template = StarterFile.Read("a-file", $"---\n{Front}variables:\n  - name: notes\n    type: long text\n    required: false\n---\nWrite.\n\n---\n{{{{notes}}}}\n");

        Assert.Equal(("a-file", "A title", "A goal", "Business", TaskKind.Write), (template.Slug, template.Title, template.Goal, template.Category, template.Kind));
        Assert.Equal(["one", "two"], template.Tags);
        Assert.Equal("Write.\n\n---\n{{notes}}", template.Template);
        var variable = Assert.Single(template.Variables);
        Assert.Equal(("notes", VariableType.LongText, false), (variable.Name, variable.Type, variable.Required));
    }

    [Fact]
    public void A_file_saved_on_windows_is_the_same_file()
    {
        var unix = StarterFile.Read("a-file", $"---\n{Front}---\nOne.\nTwo.\n");
        var windows = StarterFile.Read("a-file", $"---\n{Front}---\nOne.\nTwo.\n".ReplaceLineEndings("\r\n"));

        Assert.Equal(unix.ToRow().Fingerprint, windows.ToRow().Fingerprint);
    }

    [Theory]
    [InlineData("Just text", "front block")]
    [InlineData("---\ntitle: A title\n---\nText", "the goal is missing")]
    [InlineData("---\n" + Front + "---\n\n", "no template")]
    [InlineData("---\n" + Front + "author: somebody\n---\nText", "author")]
    [InlineData("---\n" + Front + "variables:\n  - name: two words\n---\nText", "two words")]
    [InlineData("---\n" + Front + "variables:\n  - name: x\n    type: choice\n---\nText", "x needs the type")]
    [InlineData("---\n" + Front + "variables:\n  - name: x\n    type: choice\n    choices: [a, b]\n    default: c\n---\nText", "not among its choices")]
    [InlineData("---\n" + Front + "variables:\n  - name: x\n    type: colour\n---\nText", "colour")]
    [InlineData("---\ntitle: A: b: c\n---\nText", "line 2")]
    public void A_file_that_is_wrong_is_named_with_what_is_wrong(string text, string reason)
    {
        var failure = Assert.Throws<FormatException>(() => StarterFile.Read("my-file", text));

        Assert.Contains("my-file.md", failure.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }
}
