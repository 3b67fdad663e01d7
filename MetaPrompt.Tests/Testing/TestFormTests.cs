using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class TestFormTests
{
    private static readonly PromptVariable Topic = new() { Name = "topic", Example = "Tides" };
    private static readonly PromptVariable Tone = new() { Name = "tone", Default = "plain" };
    private static readonly PromptVariable Note = new() { Name = "note", Required = false };

    [Fact]
    public void It_begins_with_the_defaults_and_never_with_the_examples()
    {
        var form = new TestForm([Topic, Tone]);

        Assert.Equal(("", "plain"), (form.Value("topic"), form.Value("tone")));
    }

    [Fact]
    public void A_required_variable_without_a_value_stays_a_placeholder_and_an_optional_one_leaves_nothing()
    {
        var form = new TestForm([Topic, Note]);

        Assert.Equal([Topic], form.Missing());
        Assert.Equal("About {{topic}}.", PromptTemplate.Parse("About {{topic}}.{{note}}").Resolve(form.Values()));
    }

    [Fact]
    public void Blanks_alone_are_no_value_of_a_required_variable()
    {
        var form = new TestForm([Topic]);
        form.Set("topic", "  \n ");

        Assert.Equal([Topic], form.Missing());
        Assert.Empty(form.Values());
    }

    [Fact]
    public void Examples_fill_only_what_is_empty()
    {
        var form = new TestForm([Topic, Tone]);
        Assert.True(form.CanUseExamples);

        form.UseExamples();

        Assert.Equal(("Tides", "plain"), (form.Value("topic"), form.Value("tone")));
        Assert.False(form.CanUseExamples);
    }

    [Fact]
    public void A_value_that_is_no_text_is_shown_as_its_JSON() =>
        Assert.Equal("3", TestForm.ReadValues("""{"count":3}""")["count"]);

    [Fact]
    public void What_the_browser_kept_comes_back_and_fields_that_are_gone_are_left_out()
    {
        var form = new TestForm([Topic]);

        form.Restore(new KeptText { Fields = new Dictionary<string, string> { ["v:topic"] = "Moons", ["v:old"] = "x" } });

        Assert.Equal("Moons", form.Value("topic"));
        Assert.Equal(["topic"], form.Values().Keys);
    }

    [Fact]
    public void An_earlier_cell_gives_back_its_values_and_empties_what_it_did_not_know()
    {
        var form = new TestForm([Topic, Tone]);

        form.Take(TestForm.ReadValues("""{"topic":"Comets","count":3}"""));

        Assert.Equal(("Comets", ""), (form.Value("topic"), form.Value("tone")));
    }

    [Fact]
    public void A_text_that_joins_adds_its_variables_and_what_was_typed_stays_when_it_leaves()
    {
        var form = new TestForm([Topic]);
        form.Set("topic", "Tides");

        form.Use([Topic, Tone]);
        form.Set("tone", "grave");
        form.Use([Topic]);
        Assert.Equal(["topic"], form.Values().Keys);
        form.Use([Topic, Tone]);

        Assert.Equal(("Tides", "grave"), (form.Value("topic"), form.Value("tone")));
    }
}
