using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

public sealed class VitalsTests(BrowserSite site) : IClassFixture<BrowserSite>
{
    // As TestServer says it.
    private const int PoolSize = 20;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private Vitals Vitals => site.Services.GetRequiredService<Vitals>();

    [Fact]
    public async Task Requests_queries_and_caches_are_seen()
    {
        var before = Vitals.Now();
        using var client = new HttpClient { BaseAddress = site.Address };
        using (var cookies = await client.GetAsync(new Uri("/templates?q=seen", UriKind.Relative), _ct))
            Assert.Equal(HttpStatusCode.OK, cookies.StatusCode);
        using (await client.GetAsync(new Uri("/templates?q=seen", UriKind.Relative), _ct))
        using (await client.GetAsync(new Uri("/templates?category=Writing", UriKind.Relative), _ct))
        using (var missing = await client.GetAsync(new Uri("/no-such-page", UriKind.Relative), _ct))
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        // A request is noted a moment after its answer is there.
        await Eventually(() => Vitals.Now().Http.Recent.Calls >= before.Http.Recent.Calls + 4);
        var now = Vitals.Now();
        Assert.True(now.Http.ClientErrors > before.Http.ClientErrors);
        Assert.NotNull(now.Http.Recent.P95Ms);
        Assert.Contains(now.Queries, query => query is { Name: "templates.search", Recent.P50Ms: > 0, SinceStart.Calls: > 0 });
        Assert.True(Cache(now, "pages").Hits > Cache(before, "pages").Hits);
        Assert.True(Cache(now, "pages").Misses > Cache(before, "pages").Misses);
        Assert.True(Cache(now, "gallery").Misses > 0);

        Vitals.TakePoint();
        Assert.Contains(Vitals.History(), point => point.QueriesPerSecond > 0 && point.WorkingSetBytes > 0);
    }

    [Fact]
    public async Task Connections_in_use_idle_and_waited_for_are_counted()
    {
        var pool = site.Services.GetRequiredService<NpgsqlDataSource>();
        var held = new List<NpgsqlConnection>();
        try
        {
            // The program holds one or two of its own: it listens to notices.
            while (Vitals.Now().Pool.InUse < PoolSize)
                held.Add(await pool.OpenConnectionAsync(_ct));
            Assert.Equal((PoolSize, 0, PoolSize), (Vitals.Now().Pool.InUse, Vitals.Now().Pool.Idle, Vitals.Now().Pool.Max));

            var late = site.Services.GetRequiredService<Db>().QueryAsync<int>(Caller.App, "-- T.Late\nselect 1", null, _ct);
            await Eventually(() => Vitals.Now().Pool.Waiting > 0);
            foreach (var connection in held)
                await connection.DisposeAsync();
            await late;
        }
        finally
        {
            foreach (var connection in held)
                await connection.DisposeAsync();
        }

        await Eventually(() => Vitals.Now().Pool is { InUse: < PoolSize, Idle: > 0, Waiting: 0 });
    }

    [Fact]
    public async Task Passwords_are_counted_by_what_came_of_them()
    {
        var before = Vitals.Now().SignIns;
        var attempts = site.Services.GetRequiredService<SignInAttempts>();
        var email = $"{Guid.NewGuid():N}@example.test";
        for (var time = 0; time < 6; time++)
            await attempts.GuardAsync(email, () => Task.FromResult<AccountOutcome>(new Refused(Refusal.WrongCredentials)), _ct);
        await attempts.GuardAsync("other" + email, () => Task.FromResult<AccountOutcome>(new SignedIn(new Account { Id = Guid.NewGuid(), Email = email })), _ct);

        var now = Vitals.Now().SignIns;
        Assert.Equal((5, 1, 1), (now.Failed - before.Failed, now.Locked - before.Locked, now.Succeeded - before.Succeeded));
    }

    private static CacheNow Cache(VitalsNow now, string name) => now.Caches.Single(cache => cache.Name == name);

    private async Task Eventually(Func<bool> holds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!holds())
            await Task.Delay(20, limit.Token);
    }
}
