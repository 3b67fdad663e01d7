using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Testing;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Testing;

public sealed class ResultListTests : BunitContext, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private Guid _user;
    private Guid _prompt;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _user = await _database.CreateUserAsync();
        _prompt = await _database.CreatePromptAsync(_user);
        Services.AddSingleton(_database.Db);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<TestResultQueries>();
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Results_come_by_the_page_the_latest_first_without_a_gap_or_a_repeat()
    {
        await KeepAsync(23);
        var list = Show(Caller.User(_user));
        list.WaitForAssertion(() => Assert.Equal(10, Models(list).Count));

        More(list);
        list.WaitForAssertion(() => Assert.Equal(20, Models(list).Count));
        More(list);

        list.WaitForAssertion(() => Assert.Equal([.. Enumerable.Range(1, 23).Select(number => $"model {number}")], Models(list)));
        Assert.Empty(list.FindAll(".paging"));
    }

    [Fact]
    public async Task What_was_not_counted_is_said_to_be_not_reported()
    {
        await KeepAsync(1);

        var list = Show(Caller.User(_user));

        list.WaitForAssertion(() => Assert.Contains("tokens not reported", list.Find("li").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("0 tokens", list.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_names_the_version_that_was_run_and_leads_to_it()
    {
        await KeepAsync(2);
        await _database.OwnerAsync("update public.test_results set prompt_version = 3 where model = 'model 1'");
        var list = Show(Caller.User(_user));
        list.WaitForAssertion(() => Assert.Equal(2, Models(list).Count));

        Assert.Equal([true, false], list.FindAll("li").Select(result => result.TextContent.Contains("version", StringComparison.Ordinal)));
        list.Find("li .opener").Click();
        list.WaitForAssertion(() => Assert.Equal($"/prompts/{_prompt}/versions?to=3", list.Find("li .link").GetAttribute("href")));
    }

    [Fact]
    public async Task Nobody_sees_the_results_of_somebody_else()
    {
        await KeepAsync(1);

        var list = Show(Caller.User(await _database.CreateUserAsync()));

        list.WaitForAssertion(() => Assert.Contains("None yet", list.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deleting_asks_first_and_then_deletes_that_one()
    {
        await KeepAsync(2);
        var list = Show(Caller.User(_user));
        list.WaitForAssertion(() => Assert.Equal(2, Models(list).Count));
        list.Find("li .opener").Click();

        Button(list, "Delete").Click();
        Assert.Equal(2L, await CountAsync());
        Button(list, "Delete for good").Click();

        list.WaitForAssertion(() => Assert.Equal(["model 2"], Models(list)));
        Assert.Equal(1L, await CountAsync());
    }

    // A click is handled when the renderer gets to it: what it brings may come a moment later.
    private static AngleSharp.Dom.IElement Button(IRenderedComponent<ResultList> list, string text)
    {
        AngleSharp.Dom.IElement? found = null;
        list.WaitForAssertion(() => found = Assert.Single(list.FindAll("button"), button => button.TextContent == text));
        return found!;
    }

    private static void More(IRenderedComponent<ResultList> list) => Button(list, "Load more").Click();

    private static List<string> Models(IRenderedComponent<ResultList> list) => [.. list.FindAll("li strong").Select(model => model.TextContent)];

    private IRenderedComponent<ResultList> Show(Caller caller) =>
        Render<ResultList>(parameters => parameters.Add(it => it.Caller, caller).Add(it => it.PromptId, _prompt));

    private Task<int> KeepAsync(int count) => _database.OwnerAsync(
        """
        insert into public.test_results (prompt_id, user_id, model, temperature, variable_values, resolved_prompt, result, created_at)
        select @prompt, @user, 'model ' || n, 0.7, '{}', 'Prompt', 'Answer', now() - n * interval '1 minute' from generate_series(1, @count) n
        """, ("prompt", _prompt), ("user", _user), ("count", count));

    private Task<long> CountAsync() => _database.OwnerScalarAsync<long>("select count(*) from public.test_results");
}
