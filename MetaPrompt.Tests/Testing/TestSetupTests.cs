using CsCheck;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class TestSetupTests
{
    private static readonly Guid Prompt = Guid.NewGuid();

    private static readonly string[] Strange =
    [
        "", "{}", "[]", "null", """{"texts":[3],"parameters":{}}""", """{"parameters":{"max_tokens":"x"}}""", """{"parameters":{},"temperatures":[1e40]}""",
        """{"parameters":{},"left_out":["x"]}""", """{"parameters":{},"models":[null]}""", """{"parameters":{"stop":null}}""", """{"texts":{},"parameters":{}}""",
    ];

    private static readonly Gen<TestSetup> Setups =
        from texts in Gen.Select(Gen.Guid, Gen.Int[0, 9]).Select((id, version) => new TextChoice(id, version == 0 ? null : version)).Array[1, 4]
        from models in Gen.String[1, 20].Array[0, 3]
        from temperatures in Gen.Int[0, 200].Array[1, 4]
        from tokens in Gen.Int[0, 1000]
        from system in Gen.String[0, 40]
        from cases in Gen.Bool
        from left in Gen.Guid.Array[0, 3]
        select new TestSetup
        {
            Texts = [.. texts.Distinct()], Models = models.Length == 0 ? null : models, Temperatures = [.. temperatures.Distinct().Select(one => one / 100m)],
            Parameters = RunParameters.None with { MaxTokens = tokens == 0 ? null : tokens, System = system.Length == 0 ? null : system, Json = cases }, UsesCases = cases, LeftOut = left,
        };

    [Fact]
    public void What_was_chosen_survives_the_browsers_memory() => Setups.Sample(setup =>
    {
        // Half of a character is no text: what cannot be written cannot be read.
        if (setup.Models?.Any(model => model.Any(char.IsSurrogate)) == true || setup.Parameters.System?.Any(char.IsSurrogate) == true)
            return;
        var read = TestSetup.FromJson(setup.ToJson(), Prompt)!;

        Assert.Equal(setup.Texts, read.Texts);
        Assert.Equal(setup.Models, read.Models);
        Assert.Equal(setup.Temperatures, read.Temperatures);
        Assert.Equal(setup.Parameters, read.Parameters);
        Assert.Equal((setup.UsesCases, setup.LeftOut.Count), (read.UsesCases, read.LeftOut.Count));
    });

    [Fact]
    public void Any_text_in_the_browsers_memory_is_read_without_a_failure() =>
        Gen.OneOf(Gen.String, Gen.Int[0, Strange.Length - 1].Select(at => Strange[at]))
            .Sample(text => TestSetup.FromJson(text, Prompt) is null or { Texts.Count: > 0, Temperatures.Count: > 0 });

    [Fact]
    public void A_setup_without_texts_is_about_the_prompt_as_it_is() =>
        Assert.Equal([new TextChoice(Prompt, null)], TestSetup.FromJson("""{"parameters":{}}""", Prompt)!.Texts);

    [Fact]
    public void Nobody_chose_so_the_first_model_is_taken_and_who_chose_none_gets_none()
    {
        ModelSettings[] there = [Model("One"), Model("Two"), Model("Three")];
        var setup = TestSetup.Of(Prompt);

        Assert.Equal(["One"], setup.ModelsOf(there).Select(model => model.Name));
        Assert.Equal(["Two", "Three"], (setup with { Models = ["three", "Gone", "Two"] }).ModelsOf(there).Select(model => model.Name));
        Assert.Equal(["One"], (setup with { Models = ["Gone"] }).ModelsOf(there).Select(model => model.Name));
        Assert.Empty((setup with { Models = [] }).ModelsOf(there));
        Assert.Empty(setup.ModelsOf([]));
    }

    [Theory]
    [InlineData(ParameterText.MaxTokens, "500", "500")]
    [InlineData(ParameterText.MaxTokens, "0", "1")]
    [InlineData(ParameterText.MaxTokens, "many", "")]
    [InlineData(ParameterText.TopP, "0,9", "0.9")]
    [InlineData(ParameterText.TopP, "7", "1")]
    [InlineData(ParameterText.Seed, "-4", "-4")]
    [InlineData(ParameterText.Stop, "END\r\n\r\nEND\n\\n\\n", "END\n\\n\\n")]
    [InlineData(ParameterText.System, "  ", "")]
    public void A_parameter_is_kept_within_its_bounds_as_it_is_typed(string field, string typed, string shown)
    {
        var parameters = ParameterText.Set(RunParameters.None, field, typed);

        Assert.Equal(shown, ParameterText.Text(parameters, field));
        Assert.Empty(parameters.Problems());
        Assert.Equal(RunParameters.None, ParameterText.Set(parameters, field, ""));
    }

    private static ModelSettings Model(string name) => new() { Name = name, Provider = ModelSettings.OpenAi, Endpoint = "http://localhost:1/v1", Model = name };
}
