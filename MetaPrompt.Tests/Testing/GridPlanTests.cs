using CsCheck;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class GridPlanTests
{
    private static readonly string[] Ids = ["gpt-4.1", "o3-mini", "claude-opus-4-7", "claude-3-5-sonnet-latest", "llama3.2"];
    private static readonly Gen<decimal> Degrees = Gen.Int[0, 200].Select(hundredths => hundredths / 100m);

    // Models of every kind: those that take all temperatures, some, none.
    private static readonly Gen<ModelSettings[]> Models = Gen.Int[0, Ids.Length - 1].Select(at => Ids[at]).Array[0, 4]
        .Select(names => names.Select((name, at) => Model($"{name} {at}", name)).ToArray());

    private static readonly Gen<PlannedCase[]> Cases = Gen.String[0, 8].Array[0, 6]
        .Select(values => values.Select((value, at) => new PlannedCase(Guid.NewGuid(), $"case {at}", new Dictionary<string, string> { ["topic"] = value }, [])).ToArray());

    private static readonly Gen<TestedText[]> Texts = Gen.Int[1, 3].Select(count => Enumerable.Range(1, count)
        .Select(number => TestedText.Of(new TextChoice(Guid.NewGuid(), number), number, $"Prompt {number}", $"{number}: {{{{topic}}}}", "[]")).ToArray());

    [Fact]
    public void Every_combination_is_a_cell_once_case_by_case() =>
        Gen.Select(Texts, Models, Degrees.Array[1, 4].Select(all => all.Distinct().ToArray()), Cases).Sample((texts, models, temperatures, cases) =>
        {
            var columns = GridPlan.Columns(texts, models, temperatures);
            var cells = GridPlan.Cells(columns, cases);
            var expected =
                from one in cases
                from text in texts
                from model in models
                from temperature in GridPlan.TemperaturesFor(model, temperatures)
                select (one.Id, text.Choice.PromptId, text.Version, model.Name, temperature);

            Assert.Equal(cases.Length * columns.Count, cells.Count);
            Assert.Equal(expected, cells.Select(cell => (cell.CaseId, cell.PromptId, cell.PromptVersion, cell.Model.Name, cell.Temperature)));
            Assert.Equal(cells.Count, cells.Select(cell => (cell.CaseId, cell.PromptId, cell.Model.Name, cell.Temperature)).Distinct().Count());
            Assert.All(cells, cell => Assert.True(ModelAbilities.Of(cell.Model).Temperature is { Takes: false } or { Takes: true } && (cell.Temperature == 1 || ModelAbilities.Of(cell.Model).Temperature.Accepts(cell.Temperature))));
        });

    [Theory]
    [InlineData("gpt-4.1", "0, 1.5", "0, 1.5")]
    [InlineData("claude-3-5-sonnet-latest", "0, 1.5, 2", "0, 1")]
    [InlineData("claude-3-5-sonnet-latest", "1, 1.5", "1")]
    [InlineData("claude-opus-4-7", "0, 0.7", "1")]
    [InlineData("o3-mini", "0.2", "1")]
    public void A_model_is_asked_only_with_temperatures_that_it_takes(string model, string chosen, string asked) =>
        Assert.Equal(asked, Temperatures.Write(GridPlan.TemperaturesFor(Model(model, model), Temperatures.Read(chosen))));

    [Fact]
    public void Each_text_gets_the_values_it_asks_for_and_no_others()
    {
        var texts = new[] { Text("About {{topic}}."), Text("In {{tone}}: {{topic}}") };
        var cell = GridPlan.Cells(GridPlan.Columns(texts, [Model("m", "m")], [0.5m]), [new PlannedCase(null, null, new Dictionary<string, string> { ["topic"] = "Tides", ["old"] = "x" }, [])]);

        Assert.Equal(["About Tides.", "In {{tone}}: Tides"], cell.Select(one => one.ResolvedPrompt));
        Assert.All(cell, one => Assert.Equal(["topic"], one.VariableValues.Keys));
    }

    [Theory]
    [InlineData("0.2 0.7, 1", "0.2, 0.7, 1")]
    [InlineData("0,7", "0.7")]
    [InlineData("0,7; 1,25", "0.7, 1.25")]
    [InlineData("0, 1", "0, 1")]
    [InlineData("0,0.5,1", "0, 0.5, 1")]
    [InlineData("1.268 9 -1 1.27", "1.27, 2, 0")]
    [InlineData("warm", "")]
    [InlineData(null, "")]
    public void Temperatures_are_read_as_people_write_them(string? typed, string read) => Assert.Equal(read, Temperatures.Write(Temperatures.Read(typed)));

    [Fact]
    public void Temperatures_that_were_written_are_read_again() =>
        Degrees.Array[0, 20].Select(all => all.Distinct().ToArray()).Sample(all => Temperatures.Read(Temperatures.Write(all)).SequenceEqual(all));

    private static ModelSettings Model(string name, string id) => new()
    {
        Name = name, Provider = id.StartsWith("claude", StringComparison.Ordinal) ? ModelSettings.Anthropic : ModelSettings.OpenAi, Endpoint = "http://localhost:1/v1", Model = id,
    };

    private static TestedText Text(string template) => TestedText.Of(new TextChoice(Guid.NewGuid(), null), 1, "t", template, "[]");
}
