using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class PickerTests : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly BunitContext _page = new();
    private readonly TestDatabase _database;

    public PickerTests(TestDatabase database)
    {
        _database = database;
        _page.JSInterop.Mode = JSRuntimeMode.Loose;
        _page.Services.AddSingleton(TimeProvider.System);
        _page.Services.AddSingleton(new PromptVersionQueries(database.Db));
        _page.Services.AddSingleton(new TestTextQueries(database.Db));
        _page.Services.AddSingleton(new PresetQueries(database.Db));
        _page.Services.AddMudServices();
        _page.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public void Without_a_model_it_says_how_to_get_one_and_asks_for_no_temperature()
    {
        var picker = Pick([], []);

        Assert.Contains("No model is set up yet.", picker.Markup, StringComparison.Ordinal);
        Assert.Empty(picker.FindAll("input"));
    }

    [Fact]
    public void Models_whose_key_cannot_be_read_are_named_and_where_to_enter_it_again()
    {
        Assert.Empty(Pick([Model("One")], [Model("One")]).FindAll(".unreadable"));

        foreach (ModelSettings[] others in new ModelSettings[][] { [], [Model("One")] })
        {
            var said = Pick(others, others, unreadable: ["Mine", "Other"]).Find(".unreadable");
            Assert.Equal("Not offered: Mine, Other. Your API key for them cannot be read any more. Use “Replace key” on the page Models.", said.TextContent);
            Assert.Equal("/models", said.QuerySelector("a")!.GetAttribute("href"));
        }

        Assert.StartsWith("Not offered: Mine. Your API key for it cannot be read any more.", Pick([], [], unreadable: ["Mine"]).Find(".unreadable").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Models_are_chosen_and_left_by_a_click_and_an_unknown_price_is_said()
    {
        IReadOnlyList<string>? chosen = null;
        var (one, two) = (Model("One") with { InputPricePerMillion = 2, OutputPricePerMillion = 8 }, Model("Two"));
        var picker = Pick([one, two], [one], names => chosen = names);

        Assert.Equal(["$2.00 in, $8.00 out per million", "price unknown"], picker.FindAll(".price").Select(price => price.TextContent));
        picker.FindAll(".choice")[1].Click();
        Assert.Equal(["One", "Two"], chosen);
        picker.FindAll(".choice")[0].Click();
        Assert.Empty(chosen!);
    }

    [Fact]
    public void A_temperature_is_asked_for_only_where_a_model_takes_it_and_the_reason_is_given_where_not()
    {
        var (free, bound) = (Model("Free"), Model("Bound") with { Provider = ModelSettings.Anthropic, Model = "claude-opus-4-7" });

        Assert.Empty(Pick([bound], [bound]).FindAll("input"));
        Assert.Contains("Bound: not chosen. Its provider fixes it", Pick([bound], [bound]).Markup, StringComparison.Ordinal);
        Assert.Single(Pick([free, bound], [free, bound]).FindAll("input"));
        Assert.Contains("Old takes 0 to 1: what is beyond is asked as 1.", Pick([bound], [Model("Old") with { Provider = ModelSettings.Anthropic, Model = "claude-3-5-sonnet-latest" }], degrees: [0.5m, 1.5m]).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Parameters_are_offered_only_where_a_chosen_model_takes_them_and_the_reason_is_given_where_not()
    {
        var (free, bound) = (Model("Free"), Model("Bound") with { Provider = ModelSettings.Anthropic, Model = "claude-opus-4-7" });

        var both = _page.Render<ParameterFields>(parameters => parameters.Add(it => it.Parameters, RunParameters.None).Add(it => it.Models, [free, bound]));
        Assert.Contains("Not sent to Bound: Anthropic's API has no seed", both.Find("#p-seed").ParentElement!.TextContent, StringComparison.Ordinal);
        var alone = _page.Render<ParameterFields>(parameters => parameters.Add(it => it.Parameters, RunParameters.None).Add(it => it.Models, [bound]));
        Assert.Empty(alone.FindAll("#p-seed"));
        Assert.Contains("Seed: not here. Anthropic's API has no seed", alone.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_to_put_beside_are_the_prompts_other_versions_and_first_the_prompts_with_the_same_variables()
    {
        var prompts = new PromptQueries(_database.Db);
        var person = Caller.User(await _database.CreateUserAsync());
        var tested = await MakeAsync("Mine", "Say {{it}}");
        var found = (await prompts.FindAsync(person, tested, Cancel))!;
        await prompts.UpdateAsync(person, new PromptEdit { Id = tested, BasedOn = found.UpdatedAt, Title = "Mine", Goal = "g", Template = "Tell {{it}}", Variables = "[]" }, Cancel);
        await MakeAsync("Same", "Shout {{it}}");
        await MakeAsync("Wants more", "Say {{it}} to {{whom}}");
        var added = new List<TextChoice>();
        var now = TestedText.Of(new TextChoice(tested, null), 2, "Mine", "Tell {{it}}", "[]");
        var picker = _page.Render<TextPicker>(parameters => parameters.Add(it => it.Caller, person).Add(it => it.PromptId, tested).Add(it => it.Texts, [now]).Add(it => it.OnAdd, added.Add));

        picker.Find("details").TriggerEvent("ontoggle", new EventArgs());

        picker.WaitForAssertion(() => Assert.Equal(["Same: the same variables", "Wants more: also wants whom"], picker.FindAll(".found button").Select(button => $"{button.QuerySelector(".title")!.TextContent}: {button.QuerySelector(".fits")!.TextContent}")));
        Assert.Equal(["", "1"], picker.FindAll("#add-version option").Select(option => option.GetAttribute("value")));
        picker.Find("#add-version").Change("1");
        Assert.Equal([new TextChoice(tested, 1)], added);

        Task<Guid> MakeAsync(string title, string template) => prompts.CreateAsync(person, new NewPrompt { Title = title, Goal = "g", Template = template, Variables = "[]" }, Cancel);
    }

    [Fact]
    public async Task A_deleted_preset_can_be_brought_back_at_once()
    {
        var person = Caller.User(await _database.CreateUserAsync());
        var queries = new PresetQueries(_database.Db);
        await queries.SaveAsync(person, new Preset { Name = "Careful", Temperatures = [0m] }, Cancel);
        Preset? loaded = null;
        var shown = _page.Render<MudSnackbarProvider>();
        var picker = _page.Render<PresetPicker>(parameters => parameters.Add(it => it.Caller, person).Add(it => it.Setup, TestSetup.Of(Guid.NewGuid())).Add(it => it.OnLoad, preset => loaded = preset));
        picker.WaitForAssertion(() => Assert.Equal(2, picker.FindAll("option").Count));
        picker.Find("select").Change(picker.FindAll("option")[1].GetAttribute("value")!);
        Assert.Equal("Careful", loaded!.Name);

        picker.FindAll("button").Single(button => button.TextContent == "Delete").Click();
        shown.WaitForAssertion(() => Assert.Contains("“Careful” is deleted", shown.Markup, StringComparison.Ordinal));
        Assert.Empty(await queries.AllAsync(person, Cancel));
        shown.FindAll("button").Single(button => button.TextContent.Trim() == "Undo").Click();

        picker.WaitForAssertion(() => Assert.Equal(2, picker.FindAll("option").Count));
        Assert.Equal(loaded.Id, Assert.Single(await queries.AllAsync(person, Cancel)).Id);
    }

    private static ModelSettings Model(string name) => new() { Name = name, Provider = ModelSettings.OpenAi, Endpoint = "http://localhost:1/v1", Model = name };

    private IRenderedComponent<ModelPicker> Pick(ModelSettings[] models, ModelSettings[] chosen, Action<IReadOnlyList<string>>? onModels = null, decimal[]? degrees = null, string[]? unreadable = null) =>
        _page.Render<ModelPicker>(parameters => parameters
            .Add(it => it.Models, models).Add(it => it.Unreadable, unreadable ?? []).Add(it => it.Chosen, chosen).Add(it => it.Degrees, degrees ?? [0.7m]).Add(it => it.OnModels, names => onModels?.Invoke(names)));
}
