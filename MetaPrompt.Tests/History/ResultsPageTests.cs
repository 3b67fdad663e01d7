using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.History;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor;
using MudBlazor.Services;
using Xunit;

namespace MetaPrompt.Tests.History;

public sealed class ResultsPageTests : BunitContext, IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private TestDatabase _database = null!;
    private Guid _user;
    private Guid _prompt;

    public async ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        _database = await TestDatabase.CreateAsync();
        _user = await _database.CreateUserAsync();
        _prompt = await _database.CreatePromptAsync(_user, "Tea letters");
        Services.AddMudServices();
        Services.AddSingleton(_database.Db);
        Services.AddSingleton<TimeProvider>(_clock);
        Services.AddSingleton<PromptQueries>();
        Services.AddSingleton<ResultListQueries>();
        Services.AddSingleton<ResultQueries>();
        Services.AddSingleton<ResultLinkQueries>();
        Services.AddSingleton<ResultRateQueries>();
        Services.AddScoped<ResultActions>();
        this.AddBunitPersistentComponentState();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new System.Security.Claims.Claim(System.Security.Claims.ClaimTypes.NameIdentifier, _user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_list_comes_by_the_page_without_a_gap_or_a_repeat_and_is_counted()
    {
        await KeepAsync(120);
        var page = Render<ResultsPage>();
        page.WaitForAssertion(() => Assert.Equal(50, Models(page).Count));
        page.WaitForAssertion(() => Assert.Equal("120 results", page.Find(".list-head p").TextContent.Trim()));

        page.Find(".paging button").Click();
        page.WaitForAssertion(() => Assert.Equal(100, Models(page).Count));
        page.Find(".paging button").Click();

        page.WaitForAssertion(() => Assert.Equal([.. Enumerable.Range(1, 120).Select(number => $"model {number}")], Models(page)));
        Assert.Empty(page.FindAll(".paging"));
    }

    [Fact]
    public async Task An_address_narrows_the_list_and_a_row_leads_back_to_it()
    {
        await KeepAsync(3);
        Services.GetRequiredService<NavigationManager>().NavigateTo("/results?q=answer&model=model%202&sort=oldest");

        var page = Render<ResultsPage>();

        page.WaitForAssertion(() => Assert.Equal(["model 2"], Models(page)));
        Assert.Equal("answer", page.Find("input[type=search]").GetAttribute("value"));
        Assert.EndsWith("?q=answer&model=model%202&sort=oldest", page.Find("h2 a").GetAttribute("href"), StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Contains(page.FindAll(".narrow option"), option => option.TextContent == "Tea letters"));
    }

    [Fact]
    public async Task What_is_typed_becomes_the_address_and_nothing_found_says_so()
    {
        await KeepAsync(1);
        var page = Render<ResultsPage>();
        page.WaitForAssertion(() => Assert.Single(Models(page)));

        page.Find("input[type=search]").Input("zebra");
        _clock.Advance(TimeSpan.FromSeconds(1));

        page.WaitForAssertion(() => Assert.Contains("No result answers to all of that", page.Find(".empty h2").TextContent, StringComparison.Ordinal));
        Assert.EndsWith("/results?q=zebra", Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chosen_ones_are_starred_and_deleted_and_the_deletion_is_undone()
    {
        await KeepAsync(3);
        var page = Render<ResultsPage>();
        page.WaitForAssertion(() => Assert.Equal(3, Models(page).Count));
        page.FindAll(".pick input")[0].Click();
        Assert.Equal("true", page.Find(".bar .acts .btn").GetAttribute("aria-disabled"));
        page.FindAll(".pick input")[2].Click(new Microsoft.AspNetCore.Components.Web.MouseEventArgs { ShiftKey = true });
        Assert.Equal(3, page.Find(".bar a.btn-primary").GetAttribute("href")!.Split(',').Length);

        Button(page, "Star").Click();
        page.WaitForAssertion(() => Assert.Equal(3, page.FindAll(".star[aria-pressed=true]").Count));
        Button(page, "Delete").Click();
        page.WaitForAssertion(() => Assert.Contains("Nothing has been tested yet", page.Markup, StringComparison.Ordinal));
        Assert.Equal(0L, await CountAsync());

        Assert.Contains(Services.GetRequiredService<ISnackbar>().ShownSnackbars, snackbar => snackbar.Message?.Contains("Deleted 3 results", StringComparison.Ordinal) == true);
        await Services.GetRequiredService<ResultQueries>().RestoreAsync(Caller.User(_user), await DeletedAsync(), Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(3L, await CountAsync());
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_said_so_and_asked_again_on_Retry()
    {
        await KeepAsync(1);
        await _database.OwnerAsync("alter table public.test_results rename to away");
        var page = Render<ResultsPage>();
        page.WaitForAssertion(() => Assert.Contains("could not be read", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".empty"));

        await _database.OwnerAsync("alter table public.away rename to test_results");
        page.Find("[role=alert] button").Click();

        page.WaitForAssertion(() => Assert.Equal(["model 1"], Models(page)));
    }

    [Fact]
    public async Task A_result_says_what_is_unknown_and_what_each_check_came_to()
    {
        await KeepAsync(1);
        var id = await _database.OwnerScalarAsync<Guid>("select id from public.test_results");
        await _database.OwnerAsync(
            """insert into public.test_verdicts (result_id, user_id, passed, outcomes) values (@i, @u, false, '[{"type":"contains","value":"milk","passed":false,"why":"It has no milk in it."}]')""",
            ("i", id), ("u", _user));

        var page = Render<ResultPage>(parameters => parameters.Add(it => it.Id, id));

        page.WaitForAssertion(() => Assert.Contains("It has no milk in it.", page.Markup, StringComparison.Ordinal));
        var measured = page.Find("aside dl").TextContent;
        Assert.Contains("Costunknown", measured, StringComparison.Ordinal);
        Assert.Contains("Tokens innot reported", measured, StringComparison.Ordinal);
        Assert.Contains("topic", page.Find(".values").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_results_are_compared_in_their_words_and_settings()
    {
        await KeepAsync(2);
        await _database.OwnerAsync("update public.test_results set result = 'The answer is green tea' where model = 'model 2'; update public.test_results set result = 'The answer is black tea' where model = 'model 1'");
        var ids = await IdsAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo(ResultsUrl.Compare(ids));

        var page = Render<ComparePage>();

        page.WaitForAssertion(() => Assert.Equal(("black", "green"), (page.Find("del").TextContent, page.Find("ins").TextContent)));
        Assert.Equal(["Model"], page.FindAll("tr.differs th").Select(row => row.FirstChild!.TextContent));
    }

    [Fact]
    public async Task Pass_rates_say_which_case_fails_now_before_anything_else()
    {
        var one = Guid.NewGuid();
        await _database.OwnerAsync(
            """
            insert into public.test_cases (id, user_id, prompt_id, name, position) values (@c, @u, @p, 'Green tea', 1);
            insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, prompt_version, case_id)
              select @p, @u, 'm', 1, '{}', 'x', v, @c from generate_series(1, 2) v;
            insert into public.test_verdicts (result_id, user_id, passed, outcomes) select r.id, @u, r.prompt_version = 1, '[]' from public.test_results r;
            """, ("c", one), ("u", _user), ("p", _prompt));

        var page = Render<RatesPage>(parameters => parameters.Add(it => it.Id, _prompt));

        page.WaitForAssertion(() => Assert.Contains("Green tea", page.Find(".flips li").TextContent, StringComparison.Ordinal));
        Assert.Contains("Fails now", page.Find(".flips li").TextContent, StringComparison.Ordinal);
        Assert.Equal("m: from 100% on version 1 to 0% on version 2.", page.Find("#rates-desc").TextContent);
        Assert.Equal(["2", "1"], page.FindAll(".rates tbody td:first-child").Select(cell => cell.TextContent));
        Assert.Contains("unknown", page.Find(".rates tbody tr").TextContent, StringComparison.Ordinal);
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ResultsPage> page, string text) => page.FindAll(".bar button").Single(button => button.TextContent == text);

    private static List<string> Models(IRenderedComponent<ResultsPage> page) => [.. page.FindAll("h2 a").Select(link => link.FirstChild!.TextContent.Trim())];

    private Task<long> CountAsync() => _database.OwnerScalarAsync<long>("select count(*) from public.test_results");

    private async Task<Guid[]> DeletedAsync() => await _database.OwnerScalarAsync<Guid[]>("select array_agg(id) from internal.deleted_results");

    private async Task<Guid[]> IdsAsync() => await _database.OwnerScalarAsync<Guid[]>("select array_agg(id order by model) from public.test_results");

    private Task<int> KeepAsync(int count) => _database.OwnerAsync(
        """
        insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, created_at)
        select @prompt, @user, 'model ' || n, 0.7, '{"topic":"tea"}', 'Prompt', 'Answer ' || n, now() - n * interval '1 minute' from generate_series(1, @count) n
        """, ("prompt", _prompt), ("user", _user), ("count", count));
}
