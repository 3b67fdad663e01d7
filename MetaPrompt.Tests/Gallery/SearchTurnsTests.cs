using System.Net;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Shared;
using MetaPrompt.Web.Shell.Guarding;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Gallery;

/// <summary>A few searches at once, the others in the order they came; nobody waits for ever, and nothing but searches waits.</summary>
public sealed class SearchTurnsTests(SearchTurnsTests.OneTurn site) : IClassFixture<SearchTurnsTests.OneTurn>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_comes_first_has_the_next_turn()
    {
        using var turns = new SearchTurns(new RequestLimits { SearchesAtOnce = 2 });
        using var first = await turns.TakeAsync(Stop);
        var second = await turns.TakeAsync(Stop);
        var third = turns.TakeAsync(Stop);
        var fourth = turns.TakeAsync(Stop);

        Assert.False(third.IsCompleted);
        second!.Dispose();
        using var next = await third;
        Assert.False(fourth.IsCompleted);
        next!.Dispose();
        using var last = await fourth;
    }

    [Fact]
    public async Task Who_goes_away_leaves_the_queue()
    {
        using var turns = new SearchTurns(new RequestLimits { SearchesAtOnce = 1 });
        var first = await turns.TakeAsync(Stop);
        using var leaving = new CancellationTokenSource();
        var gone = turns.TakeAsync(leaving.Token);
        var waiting = turns.TakeAsync(Stop);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        first!.Dispose();
        using var turn = await waiting;
    }

    [Fact]
    public async Task Without_a_limit_nobody_waits()
    {
        using var turns = new SearchTurns(new RequestLimits { SearchesAtOnce = 0 });
        for (var search = 0; search < 1000; search++)
            Assert.Null(await turns.TakeAsync(Stop));
    }

    [Fact]
    public async Task A_search_waits_for_those_before_it_and_is_told_when_that_takes_too_long()
    {
        using var client = new HttpClient { BaseAddress = site.Address };
        var before = await site.Services.GetRequiredService<SearchTurns>().TakeAsync(Stop);

        using (var refused = await client.GetAsync(new Uri("/templates?q=waits+in+vain", UriKind.Relative), Stop))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        // A list without words does not wait.
        using (var list = await client.GetAsync(new Uri("/templates?sort=newest", UriKind.Relative), Stop))
            Assert.Equal(HttpStatusCode.OK, list.StatusCode);

        var waiting = client.GetAsync(new Uri("/templates?q=waits+a+moment", UriKind.Relative), Stop);
        await Task.Delay(100, Stop);
        Assert.False(waiting.IsCompleted);
        before!.Dispose();
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // Each search gave its turn back.
        using var again = await client.GetAsync(new Uri("/templates?q=waits+no+more", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    /// <summary>A program that asks its database for one search at a time.</summary>
    public sealed class OneTurn : BrowserSite
    {
        /// <inheritdoc/>
        protected override IEnumerable<(string Name, string Value)> Settings => [("Limits:SearchesAtOnce", "1")];
    }
}
