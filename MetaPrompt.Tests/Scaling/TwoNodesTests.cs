using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Scaling;

/// <summary>Two nodes behind a sticky proxy: work goes on where it was, whichever of them is killed or restarted.</summary>
[Collection(Cluster.Name)]
public sealed class TwoNodesTests(TwoNodes site, Cluster cluster) : BrowserTest(site), IClassFixture<TwoNodes>
{
    private const string Typed = "people who were away";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync() => await site.WholeAsync(_ct);

    [Fact]
    public async Task What_is_saved_and_published_at_one_node_is_found_at_both_and_their_Redis_is_not_needed_for_it()
    {
        var page = await OpenAsync();
        var title = await SaveAsync(page, "Sort tickets by team", "Sort tickets at two nodes");
        await page.GetByRole(AriaRole.Link, new() { Name = "Publish" }).ClickAsync();
        await page.GetByLabel("Category").FillAsync("Support");
        await WaitInteractiveAsync(page);
        // Both have kept the list without it.
        foreach (var node in site.Nodes)
            Assert.DoesNotContain(title, await VisitAsync(node.Address, "templates?sort=newest"), StringComparison.Ordinal);
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Unpublish" })).ToBeVisibleAsync();

        await Task.WhenAll(site.Nodes.Select(node => FoundAsync(node.Address, "templates?sort=newest", title)));
        await site.Redis.DisposeAsync();
        await Task.WhenAll(site.Nodes.Select(node => FoundAsync(node.Address, "templates?sort=likes", title)));

        // Who signed in at one is signed in at the other.
        var cookies = await page.Context.CookiesAsync();
        foreach (var node in site.Nodes)
            Assert.Contains(title, await VisitAsync(node.Address, "prompts", cookies), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_nodes_people_go_on_at_the_other_with_their_session_what_they_typed_and_their_run()
    {
        ExpectLostConnection();
        foreach (var accident in new[] { "502", "503", "rejected", "ircuit" })
            Expect(accident);
        var never = new TaskCompletionSource();
        site.Model.Answer = request => request.Prompt.Contains("a late guest", StringComparison.Ordinal)
            ? ScriptedAnswer.Do(new ScriptedStep.Say("Begun "), new ScriptedStep.Wait(never.Task))
            : ScriptedAnswer.Say("Hello.");
        var page = await OpenAsync();
        await SaveAsync(page, "Greet a guest", "A greeting");
        var prompt = Guid.Parse(new Uri(page.Url).Segments[^1]);
        await page.GetByRole(AriaRole.Link, new() { Name = "Test", Exact = true }).ClickAsync();
        await page.Locator("#test-run").WaitForAsync();
        await page.GetByRole(AriaRole.Textbox).First.FillAsync("a late guest");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Gridcell)).ToContainTextAsync("Begun");
        var wizard = await NewTabAsync(page.Context);
        var node = await TypeAsync(wizard, "Greet somebody else");

        foreach (var open in new[] { page, wizard })
            await open.EvaluateAsync("window.before = true");

        await site.Nodes[node].KillAsync();
        never.SetResult();

        await Task.WhenAll(LoadedAnewAsync(page), LoadedAnewAsync(wizard));
        Assert.NotEqual(node, await NodeAsync(wizard));
        await Assertions.Expect(wizard.GetByLabel("In your own words").First).ToHaveValueAsync(Typed);

        // Nobody carries the run out: that is known when its lease has passed.
        await cluster.Primary.OwnerAsync($"update public.test_runs set lease_until = lease_until - interval '{TestRunQueries.LeaseSeconds} seconds' where prompt_id = '{prompt}'");
        site.Model.Answer = _ => ScriptedAnswer.Say("Whole again.");
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Try again", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Gridcell)).ToContainTextAsync("Whole again.");
    }

    [Fact]
    public async Task A_rolling_restart_pauses_pages_and_resumes_them_at_the_other_node_without_loading_them_anew()
    {
        foreach (var accident in new[] { "502", "503", "ERR_", "WebSocket", "Connection disconnected", "Cannot send data if the connection is not" })
            Expect(accident);
        var page = await OpenAsync();
        await SignUpByFormAsync(page, "Ada Rolling");
        var node = await TypeAsync(page, "Greet a guest twice");
        await page.EvaluateAsync("window.sameDocument = true");
        using var client = new HttpClient { BaseAddress = site.Nodes[node].Address };

        var before = await page.QuerySelectorAsync("main");
        var stopping = site.Nodes[node].StopAsync(_ct);
        // First it says so, while it still answers.
        while ((await client.GetAsync(new Uri("health", UriKind.Relative), _ct)).StatusCode != HttpStatusCode.ServiceUnavailable)
            await Task.Delay(20, _ct);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("login", UriKind.Relative), _ct)).StatusCode);
        Assert.Equal(0, await stopping);

        // It was paused, and is there again: what was typed is in it, and it answers.
        await page.Locator("#components-reconnect-modal.components-reconnect-hide").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await Assertions.Expect(page.GetByLabel("In your own words").First).ToHaveValueAsync(Typed);
        // The notice goes when the other node has drawn the page: what is clicked before would meet handlers that are no more.
        await Assertions.Expect(page.Locator("#components-reconnect-modal[open]")).ToHaveCountAsync(0);
        Assert.False(await before!.EvaluateAsync<bool>("main => main.isConnected"));
        await page.GetByLabel("In your own words").First.FillAsync(Typed + " twice");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await page.GetByLabel("Template", new() { Exact = true }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Questions" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("In your own words").First).ToHaveValueAsync(Typed + " twice");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument === true"));
    }

    // Opens the wizard and types into it. Returns the node.
    private static async Task<int> TypeAsync(IPage page, string goal)
    {
        var answer = await page.GotoAsync("/wizard?goal=" + Uri.EscapeDataString(goal));
        await WaitInteractiveAsync(page);
        await page.Locator(".question .chip").First.WaitForAsync();
        await page.GetByLabel("In your own words").First.FillAsync(Typed);
        return int.Parse(answer!.Headers[StickyProxy.NodeHeader], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> SaveAsync(IPage page, string goal, string title)
    {
        await SignUpByFormAsync(page, "Ann Author");
        await GoInteractiveAsync(page, "/wizard?goal=" + Uri.EscapeDataString(goal));
        await page.Locator(".question .chip").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Next", Exact = true }).ClickAsync();
        await page.GetByLabel("Title", new() { Exact = true }).FillAsync(title);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save prompt" }).ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/prompts/", StringComparison.Ordinal));
        await WaitInteractiveAsync(page);
        return title;
    }

    // Until the page is another document, by itself or by the button it shows.
    private static async Task LoadedAnewAsync(IPage page)
    {
        await page.WaitForFunctionAsync(
            "() => { for (const button of document.querySelectorAll('[data-reload]')) if (button.checkVisibility()) button.click(); return !window.before; }",
            null, new() { Timeout = 60_000 });
        await WaitInteractiveAsync(page);
    }

    private static Task<int> NodeAsync(IPage page) => page.EvaluateAsync<int>("() => fetch('health').then(answer => Number(answer.headers.get('x-node')))");

    private async Task FoundAsync(Uri node, string path, string title)
    {
        // A notice is under way for a moment.
        for (var end = DateTime.UtcNow.AddSeconds(40); !(await VisitAsync(node, path)).Contains(title, StringComparison.Ordinal); await Task.Delay(50, _ct))
            Assert.True(DateTime.UtcNow < end, $"{node} shows what it kept");
    }

    private async Task<string> VisitAsync(Uri node, string path, IReadOnlyList<BrowserContextCookiesResult>? cookies = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = node };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (cookies is not null)
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(cookie => $"{cookie.Name}={cookie.Value}")));
        using var answer = await client.SendAsync(request, _ct);
        return await answer.Content.ReadAsStringAsync(_ct);
    }
}
