using System.Net;
using System.Security.Claims;
using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Models;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Xunit;

namespace MetaPrompt.Tests.Models;

public sealed class ModelsPageTests(TestDatabase database) : BunitContext, IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Key = "sk-own-1414213562373095-tail";

    private ScriptedOpenAi _server = null!;
    private Caller _user;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        _server = await ScriptedOpenAi.StartAsync();
        var user = await database.CreateUserAsync(name: "Ada");
        _user = Caller.User(user);
        Services.AddMudServices();
        Services.AddSingleton(database.Db);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(new KeyVault(new EphemeralDataProtectionProvider()));
        Services.AddSingleton(new EndpointGuard(new() { AllowHttp = true, AllowPrivateAddresses = true }, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8")])));
        Services.AddSingleton(new BudgetSettings { PerPersonPerDay = 5 });
        Services.AddSingleton<ProviderKeyQueries>();
        Services.AddSingleton<KeyModelQueries>();
        Services.AddSingleton<BudgetQueries>();
        Services.AddSingleton<OwnModels>();
        Services.AddSingleton<OwnKeys>();
        Services.AddSingleton<Budget>();
        Services.AddSingleton(services => new ModelCatalog(
            [
                _server.Settings("Priced") with { InputPricePerMillion = 0.4m, OutputPricePerMillion = 1.6m, PricedOn = new(2026, 11, 20) },
                _server.Settings("Unpriced") with { Model = "o3-mini" },
            ],
            new(), TimeProvider.System, services.GetRequiredService<OwnModels>(), services.GetRequiredService<EndpointGuard>()));
        Services.AddScoped<KeyActions>();
        this.AddBunitPersistentComponentState();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public void The_sites_models_show_price_and_day_and_unknown_is_never_nothing()
    {
        var page = Open();

        var rows = page.FindAll(".models li");
        Assert.Contains("$0.40 in, $1.60 out per million tokens (20 November 2026)", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Takes all parameters", rows[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Price unknown", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("all parameters but temperature, top-p and stop", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("thinks before it answers", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("Bring your own key", page.Find(".empty").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_added_tested_and_a_model_chosen_and_nothing_rendered_has_the_key()
    {
        var page = Open();

        await AddAsync(page, "Mine", _server.Endpoint, Key);

        page.WaitForAssertion(() => Assert.Contains("The key works.", page.Find(".picker").TextContent, StringComparison.Ordinal));
        Assert.Contains("Key ending in tail", page.Find("article").TextContent, StringComparison.Ordinal);
        await page.Find(".picker input[type=checkbox]").ChangeAsync(true);
        page.WaitForAssertion(() => Assert.Equal("scripted-1", page.Find("article h4").TextContent));
        Assert.DoesNotContain("1414213562373095", page.Markup, StringComparison.Ordinal);
        Assert.Equal(["Priced", "Unpriced", "scripted-1"], (await Services.GetRequiredService<ModelCatalog>().ForAsync(_user, Cancel)).Select(model => model.Name));
    }

    [Fact]
    public async Task A_key_that_cannot_be_decrypted_any_more_says_so_and_what_to_do_and_works_when_it_is_entered_again()
    {
        var before = await WithModelAsync();
        Assert.Empty(before.FindAll("article .notice"));
        // As another ring would: with what a restored database, or another secret, leaves.
        await database.OwnerAsync(
            "update public.provider_keys set secret = @secret where user_id = @user",
            ("secret", new KeyVault(new EphemeralDataProtectionProvider()).Protect(_user.UserId!.Value, Key)), ("user", _user.UserId!.Value));
        Services.GetRequiredService<OwnModels>().Forget(_user.UserId!.Value);

        var page = Open();

        page.WaitForAssertion(() => Assert.Contains("cannot be read any more", page.Find("article .notice").TextContent, StringComparison.Ordinal));
        Assert.Contains("Replace key", page.Find("article .notice").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Priced", "Unpriced"], (await Services.GetRequiredService<ModelCatalog>().ForAsync(_user, Cancel)).Select(model => model.Name));
        await Services.GetRequiredService<OwnKeys>().ReplaceAsync(_user, Assert.Single((await Services.GetRequiredService<OwnKeys>().ListAsync(_user, Cancel)).Keys).Id, Key, Cancel);
        var mended = Open();
        mended.WaitForAssertion(() => Assert.NotEmpty(mended.FindAll("article")));
        Assert.Empty(mended.FindAll("article .notice"));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_said_at_its_field_and_the_rest_stays()
    {
        var page = Open();

        await AddAsync(page, "Mine", "https://169.254.169.254/latest", Key);

        page.WaitForAssertion(() => Assert.Contains("private network", page.Find("#key-problem-Endpoint").TextContent, StringComparison.Ordinal));
        Assert.Equal("true", page.Find("#key-endpoint").GetAttribute("aria-invalid"));
        Assert.Contains("key-problem-Endpoint", page.Find("#key-endpoint").GetAttribute("aria-describedby"), StringComparison.Ordinal);
        Assert.Equal("https://169.254.169.254/latest", page.Find("#key-endpoint").GetAttribute("value"));
        Assert.DoesNotContain("1414213562373095", page.Markup, StringComparison.Ordinal);
        Assert.Empty((await Services.GetRequiredService<OwnKeys>().ListAsync(_user, Cancel)).Keys);
    }

    [Fact]
    public async Task A_model_gets_a_name_and_prices_of_today_and_names_of_the_site_are_refused_kindly()
    {
        var page = await WithModelAsync();

        page.Find("article li button").Click();
        var form = page.Find("article li form");
        form.QuerySelectorAll("input")[0].Input("priced");
        form.QuerySelectorAll("input")[1].Input("0.15");
        form.QuerySelectorAll("input")[2].Input("0.6");
        await form.SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("name of a model of this site", page.Find("article li [role=alert]").TextContent, StringComparison.Ordinal));
        page.Find("article li form").QuerySelectorAll("input")[0].Input("Cheap");
        await page.Find("article li form").SubmitAsync();

        page.WaitForAssertion(() => Assert.Equal("Cheap", page.Find("article h4").TextContent));
        Assert.Contains("$0.15 in, $0.60 out per million tokens", page.Find("article li").TextContent, StringComparison.Ordinal);
        var model = (await Services.GetRequiredService<ModelCatalog>().FindAsync(_user, "cheap", Cancel))!;
        Assert.Equal((0.15m, 0.6m, DateOnly.FromDateTime(DateTime.UtcNow)), (model.InputPricePerMillion, model.OutputPricePerMillion, model.PricedOn));
    }

    [Theory]
    [InlineData("0,15", "0.6")]
    [InlineData("0.15", "")]
    [InlineData("-1", "1")]
    public async Task A_wrong_price_is_not_taken(string input, string output)
    {
        var page = await WithModelAsync();

        page.Find("article li button").Click();
        page.Find("article li form").QuerySelectorAll("input")[1].Input(input);
        page.Find("article li form").QuerySelectorAll("input")[2].Input(output);
        await page.Find("article li form").SubmitAsync();

        page.WaitForAssertion(() => Assert.NotEmpty(page.Find("article li [role=alert]").TextContent));
        Assert.Null((await Services.GetRequiredService<ModelCatalog>().FindAsync(_user, "scripted-1", Cancel))!.InputPricePerMillion);
    }

    [Fact]
    public async Task A_key_is_renamed_replaced_and_removed()
    {
        var page = await WithModelAsync();

        Button(page, "Rename").Click();
        page.Find("article form.inline input").Input("Work");
        await page.Find("article form.inline").SubmitAsync();
        page.WaitForAssertion(() => Assert.Equal("Work", page.Find("article h3").TextContent));

        Button(page, "Replace key").Click();
        Assert.Equal("password", page.Find("article form.inline input").GetAttribute("type"));
        page.Find("article form.inline input").Change("sk-own-another-key-16180-next");
        await page.Find("article form.inline").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Key ending in next", page.Find("article").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("16180", page.Markup, StringComparison.Ordinal);

        Button(page, "Remove").Click();
        page.WaitForAssertion(() => Assert.Contains("Bring your own key", page.Find(".empty").TextContent, StringComparison.Ordinal));
        Assert.Null(await Services.GetRequiredService<ModelCatalog>().FindAsync(_user, "scripted-1", Cancel));
    }

    [Fact]
    public async Task A_refused_key_is_told_and_can_be_tested_again()
    {
        var page = Open();
        await AddAsync(page, "Mine", _server.Address + "/nothing", null);

        page.WaitForAssertion(() => Assert.Contains("no list of models", page.Find("article [role=alert]").TextContent, StringComparison.Ordinal));
        Button(page, "Model by name").Click();
        page.Find("article form.inline input").Input("by-hand-1");
        await page.Find("article form.inline").SubmitAsync();
        page.WaitForAssertion(() => Assert.Equal("by-hand-1", page.Find("article h4").TextContent));
    }

    [Fact]
    public async Task A_limit_is_set_shown_with_what_is_spent_and_lifted()
    {
        var page = Open();
        Assert.Contains("No limit", page.FindAll(".spend")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("nothing of $5.00", page.FindAll(".spend")[1].TextContent, StringComparison.Ordinal);

        page.Find("#budget-limit").Input("much");
        await page.Find("#budget-limit").Closest("form")!.SubmitAsync();
        Assert.Contains("amount in dollars", page.Find("#budget-problem").TextContent, StringComparison.Ordinal);
        page.Find("#budget-limit").Input("$2.50");
        await page.Find("#budget-limit").Closest("form")!.SubmitAsync();

        page.WaitForAssertion(() => Assert.Contains("of $2.50", page.FindAll(".spend")[0].TextContent, StringComparison.Ordinal));
        Assert.Equal("2.50", page.Find("#budget-limit").GetAttribute("value"));
        Button(page, "Lift it").Click();
        page.WaitForAssertion(() => Assert.Contains("No limit", page.FindAll(".spend")[0].TextContent, StringComparison.Ordinal));
        Assert.Null((await Services.GetRequiredService<BudgetQueries>().TodayAsync(_user, Cancel)).DailyLimit);
    }

    [Fact]
    public async Task An_outage_is_never_shown_as_no_keys()
    {
        await database.OwnerAsync("revoke select on public.provider_keys from authenticated");

        var page = Open();

        page.WaitForAssertion(() => Assert.Contains("could not be read", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".empty"));
        await database.OwnerAsync("grant select (id, user_id, name, provider, endpoint, hint, created_at, last_used_at) on public.provider_keys to authenticated");
        Button(page, "Retry").Click();
        page.WaitForAssertion(() => Assert.Contains("Bring your own key", page.Find(".empty").TextContent, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("0.25", "1", 25, "", "$0.75 left")]
    [InlineData("0.85", "1", 85, "high", "$0.15 left")]
    [InlineData("1", "1", 100, "full", "Used up")]
    [InlineData("3", "1", 100, "full", "Used up")]
    [InlineData("0", "0", 100, "full", "Only free models")]
    public void The_meter_says_in_words_what_it_shows(string spent, string limit, int percent, string level, string words)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var meter = Render<SpendMeter>(parameters => parameters
            .Add(meter => meter.Spent, decimal.Parse(spent, culture)).Add(meter => meter.Limit, decimal.Parse(limit, culture))
            .Add(meter => meter.Now, new DateTimeOffset(2026, 11, 23, 18, 30, 0, TimeSpan.Zero)));

        Assert.Equal(percent.ToString(culture), meter.Find("[role=meter]").GetAttribute("aria-valuenow"));
        Assert.Equal(level, meter.Find(".spend").ClassName!.Replace("spend", "", StringComparison.Ordinal).Trim());
        Assert.Contains(words, meter.Markup, StringComparison.Ordinal);
        if (limit != "0")
            Assert.Contains("in 5 hours", meter.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<ModelsPage> Open()
    {
        var page = Render<ModelsPage>();
        page.WaitForAssertion(() => Assert.True(page.FindAll(".coming").Count == 0));
        return page;
    }

    private static async Task AddAsync(IRenderedComponent<ModelsPage> page, string name, string endpoint, string? key)
    {
        Button(page, "Add a key").Click();
        page.FindAll(".kinds input")[2].Change(true);
        page.Find("#key-endpoint").Input(endpoint);
        if (key is not null)
            page.Find("#key-secret").Change(key);
        page.Find("#key-name").Input(name);
        await page.Find("form[aria-labelledby=add-key-heading]").SubmitAsync();
    }

    private async Task<IRenderedComponent<ModelsPage>> WithModelAsync()
    {
        var keys = Services.GetRequiredService<OwnKeys>();
        var id = await keys.AddAsync(_user, new() { Name = "Mine", Provider = ModelSettings.OpenAi, Endpoint = _server.Endpoint, Key = Key }, Cancel);
        await keys.UseAsync(_user, new() { KeyId = id, Name = "scripted-1", Model = "scripted-1" }, Cancel);
        return Open();
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ModelsPage> page, string text) =>
        page.FindAll("button").First(button => button.TextContent.Trim() == text);
}
