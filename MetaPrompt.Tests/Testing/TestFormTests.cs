using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
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

    [Theory]
    [InlineData("1.26", 1.3)]
    [InlineData("0,4", 0.4)]
    [InlineData("9", 2)]
    [InlineData("-1", 0)]
    [InlineData("warm", 0.7)]
    [InlineData("", 0.7)]
    [InlineData(null, 0.7)]
    public void A_temperature_is_kept_in_bounds_and_nonsense_changes_nothing(string? typed, double expected)
    {
        var form = new TestForm([]);

        form.SetTemperature(typed);

        Assert.Equal((decimal)expected, form.Temperature);
    }

    [Fact]
    public void What_the_browser_kept_comes_back_and_fields_that_are_gone_are_left_out()
    {
        var form = new TestForm([Topic]);

        form.Restore(new KeptText
        {
            Fields = new Dictionary<string, string> { ["v:topic"] = "Moons", ["v:old"] = "x", ["temperature"] = "1.5", ["model"] = "" },
        });

        Assert.Equal(("Moons", 1.5m, true), (form.Value("topic"), form.Temperature, form.ModelChosen));
        Assert.Equal(["topic"], form.Values().Keys);
    }

    [Fact]
    public void A_model_that_is_gone_gives_way_to_the_first_there_is()
    {
        using var catalog = Catalog("One", "Two");
        var form = new TestForm([]) { Model = "Gone", ModelChosen = true };

        form.Choose(catalog);

        Assert.Equal("One", form.Model);
    }

    [Fact]
    public void A_chosen_dry_run_stays_one_when_models_are_found()
    {
        using var catalog = Catalog("One");
        var form = new TestForm([]) { Model = TestForm.DryRun, ModelChosen = true };

        form.Choose(catalog);

        Assert.Equal(TestForm.DryRun, form.Model);
    }

    [Fact]
    public void Nobody_chose_so_a_model_that_is_found_is_taken()
    {
        using var none = Catalog();
        using var catalog = Catalog("One");
        var form = new TestForm([]);
        form.Choose(none);
        Assert.Equal(TestForm.DryRun, form.Model);

        form.Choose(catalog);

        Assert.Equal("One", form.Model);
    }

    [Fact]
    public void An_earlier_result_gives_back_its_values_model_and_temperature()
    {
        var form = new TestForm([Topic, Tone]);

        form.Take(new MetaPrompt.Data.Tests.TestResult
        {
            Id = Guid.NewGuid(), PromptId = Guid.NewGuid(), Model = "Two", Temperature = 1.25m, VariableValues = """{"topic":"Comets","count":3}""", ResolvedPrompt = "", CreatedAt = DateTime.UtcNow,
        });

        Assert.Equal(("Comets", "", "Two"), (form.Value("topic"), form.Value("tone"), form.Model));
        Assert.Equal(1.2m, form.Temperature);
    }

    [Fact]
    public void A_value_that_is_no_text_is_shown_as_its_JSON() =>
        Assert.Equal("3", TestForm.ReadValues("""{"count":3}""")["count"]);

    private static ModelCatalog Catalog(params string[] names) =>
        new([.. names.Select(name => new ModelSettings { Name = name, Provider = "openai", Endpoint = "http://localhost:1/v1", Model = name })], new ModelLimits(), TimeProvider.System);
}
