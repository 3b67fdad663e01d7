using System.Net;
using System.Net.WebSockets;
using MetaPrompt.Tests.Bench;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

/// <summary>How many interactive pages may be open, and who may open them.</summary>
public sealed class CircuitGateTests(LimitedSite site) : BrowserTest(site), IClassFixture<LimitedSite>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_that_gets_no_circuit_says_so_and_works_once_there_is_room()
    {
        Expect("429");
        Expect("Failed to");
        Expect("start the circuit");
        Expect("Error:");
        var first = await OpenAsync();
        await GoInteractiveAsync(first, "/wizard");
        var second = await NewTabAsync(first.Context);
        await second.GotoAsync("/wizard");

        var notice = second.Locator("main [role=alert]");
        await Assertions.Expect(notice).ToContainTextAsync("Too many pages of this site are open at your network address");
        await Assertions.Expect(notice.GetByRole(AriaRole.Button, new() { Name = "Reload" })).ToBeVisibleAsync();

        await first.CloseAsync();
        // The server notices the closed connection when it reads from it, which is a moment later.
        for (var attempt = 0; attempt < 40 && await second.Locator("main[data-interactive=true]").CountAsync() == 0; attempt++)
        {
            await second.ReloadAsync();
            await second.WaitForFunctionAsync("() => document.querySelector('main[data-interactive=true], main [data-refused]')");
        }

        await WaitInteractiveAsync(second);
        await Assertions.Expect(notice).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task There_is_a_limit_for_each_address_and_one_for_all()
    {
        var (ann, bob) = (LimitedSite.NewAddress(), LimitedSite.NewAddress());
        await UntilAsync(ann, HttpStatusCode.OK);
        using var one = await ConnectAsync(ann);
        await UntilAsync(ann, HttpStatusCode.TooManyRequests);
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(ann));
        // The last test's page may still be counted.
        await UntilAsync(bob, HttpStatusCode.OK);
        using var two = await ConnectAsync(bob);
        await UntilAsync(LimitedSite.NewAddress(), HttpStatusCode.ServiceUnavailable);

        one.Abort();
        await UntilAsync(ann, HttpStatusCode.OK);
        two.Abort();
        await UntilAsync(bob, HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://127.0.0.1:1", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("Accept", "text/plain", 200)]
    public async Task Another_sites_page_gets_no_circuit(string header, string value, int status)
    {
        using var client = ((LimitedSite)Site).Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await client.SendAsync(request, Stop);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_script_that_sends_without_end_through_one_page_is_ended_and_others_are_not()
    {
        Expect("PageTooBusy");
        using var script = new BlazorVisitor(Site.Address, 1);
        using var other = new BlazorVisitor(Site.Address, 2);
        await UntilAsync(LimitedSite.NewAddress(), HttpStatusCode.OK);
        await using var page = await BlazorCircuit.OpenAsync(script, "/wizard", Stop);
        // A minute's worth at once, as much again as waits for twenty seconds, and what opening the page took.
        for (var call = 0; call < LimitedSite.PageActions * 4 / 3; call++)
            page.CallNothing();

        var ended = await Assert.ThrowsAsync<BlazorCircuitException>(() => page.UntilAsync("being ended", _ => false, Stop));
        Assert.Contains("The circuit at /wizard broke", ended.Message, StringComparison.Ordinal);
        await UntilAsync(LimitedSite.NewAddress(), HttpStatusCode.OK);
        await using var quiet = await BlazorCircuit.OpenAsync(other, "/wizard", Stop);
        Assert.NotNull(quiet.Look(at => at.ById("goal")));
    }

    private async Task<ClientWebSocket> ConnectAsync(string address)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Forwarded-For", address);
        await socket.ConnectAsync(new UriBuilder(Site.Address) { Scheme = "ws", Path = "/_blazor" }.Uri, Stop);
        return socket;
    }

    // A connection is counted from its request on and until the server sees its end: both are a moment away.
    private async Task UntilAsync(string address, HttpStatusCode status)
    {
        using var client = ((LimitedSite)Site).Client(address, "application/json");
        for (var turn = 1; ; turn++)
        {
            using var answer = await client.PostAsync(new Uri("/_blazor/negotiate?negotiateVersion=1", UriKind.Relative), null, Stop);
            if (answer.StatusCode == status)
                return;
            Assert.True(turn < 60, $"{address} did not get {status}.");
            // An address has sixty requests a minute: quick at first, and then no more often than they come back.
            await Task.Delay(turn < 20 ? 100 : 1000, Stop);
        }
    }
}
