using System.Diagnostics.Metrics;
using System.Security.Claims;
using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Features.Monitoring;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>The page as a whole, over a real database and with a clock of the test's own: to whom it opens, what it says, and what it goes on saying.</summary>
public sealed class MonitoringPageTests(WatchedDatabase watched) : BunitContext, IClassFixture<WatchedDatabase>, IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(WatchedNode.Noon);
    private readonly Alerts _alerts = new(new AlertThresholds());
    private WebApplication _models = null!;
    private int _notFound;

    private static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["Ollama:Endpoint"] = "none";
        builder.Services.AddSingleton(watched.Database.Db);
        builder.AddModels();
        _models = builder.Build();
        return ValueTask.CompletedTask;
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _models.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_shown_before_it_is_known_who_asks()
    {
        await using var holder = await watched.Database.OwnerDataSource.OpenConnectionAsync(Stop);
        await using var transaction = await holder.BeginTransactionAsync(Stop);
        await using (var hold = new NpgsqlCommand("lock table internal.administrators in access exclusive mode", holder))
            await hold.ExecuteNonQueryAsync(Stop);

        var page = Open(watched.Administrator, "administrator");

        Assert.Equal("", page.Markup.Trim());
        await transaction.RollbackAsync(Stop);
        page.WaitForAssertion(() => Assert.Equal("Monitoring", page.Find("h1").TextContent));
        Assert.Equal(0, _notFound);
    }

    [Fact]
    public void Who_is_no_administrator_finds_no_such_page_whatever_their_session_says()
    {
        var page = Open(watched.Person, "administrator");

        page.WaitForState(() => _notFound > 0);
        Assert.Equal("", page.Markup.Trim());
    }

    [Fact]
    public void All_is_well_is_said_with_every_part_and_its_figures()
    {
        var page = Opened();

        Assert.Equal("All is well.", page.Find(".sentence").TextContent);
        Assert.Contains("ok", page.Find(".state").ClassList);
        Assert.Equal(
            ["Live, this node", "Queries", "Storage", "Sessions that take long or wait", "Failed sign-ins", "Runs", "Versions and backups"],
            page.FindAll("section h2").Select(heading => heading.TextContent));
        Assert.Equal("As of 12:00:00", page.Find("[data-live]").TextContent);
        Assert.DoesNotContain(page.FindAll(".stale"), note => !note.TextContent.Contains("pg_stat_statements", StringComparison.Ordinal));
        Assert.Contains(", PostgreSQL 1", page.Find("#about").TextContent, StringComparison.Ordinal);
        Assert.Contains($"All {Migration.All.Count} are applied.", page.Find("#about").TextContent, StringComparison.Ordinal);
        Assert.Contains("Backups: not by this program.", page.Find("#about").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Trouble_is_said_at_the_next_look_and_not_while_the_page_is_paused()
    {
        var page = Opened();
        page.FindAll("button").Single(button => button.TextContent == "Pause").Click();
        Assert.Equal("Paused at 12:00:00", page.Find("[data-live]").TextContent);

        _alerts.Look(_time.GetUtcNow(), [Reading.SignIns(30, _alerts.Thresholds)]);
        _time.Advance(Vitals.Step);
        Assert.Equal("All is well.", page.Find(".sentence").TextContent);

        page.FindAll("button").Single(button => button.TextContent == "Pause").Click();
        page.WaitForAssertion(() => Assert.Equal("1 alert: many wrong passwords.", page.Find(".sentence").TextContent));
        Assert.Contains("bad", page.Find(".state").ClassList);
        Assert.Contains("30 sign-ins failed", page.Find("[aria-label='Open alerts'] tbody").TextContent, StringComparison.Ordinal);

        // And goes on by itself.
        Ready(page);
        _alerts.Look(_time.GetUtcNow(), [Reading.SignIns(1, _alerts.Thresholds)]);
        _time.Advance(Vitals.Step);
        page.WaitForAssertion(() => Assert.Equal("All is well.", page.Find(".sentence").TextContent));
        Assert.Contains("Recent incidents (1)", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tab_that_nobody_looks_at_reads_nothing_until_somebody_does()
    {
        var page = Opened();
        // The script tells the page, once it was asked to.
        page.WaitForAssertion(() => Assert.Single(JSInterop.Invocations, call => call.Identifier == "watch"));
        await page.InvokeAsync(() => page.Instance.ShowAsync(visible: false));
        _alerts.Look(_time.GetUtcNow(), [Reading.SignIns(30, _alerts.Thresholds)]);
        _time.Advance(Vitals.Step);
        Assert.Equal("All is well.", page.Find(".sentence").TextContent);

        await page.InvokeAsync(() => page.Instance.ShowAsync(visible: true));

        page.WaitForAssertion(() => Assert.Equal("1 alert: many wrong passwords.", page.Find(".sentence").TextContent));
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_to_administrators_by_their_session_and_to_nobody_else()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2");

        var page = Open(watched.Administrator, "administrator", nowhere);

        page.WaitForAssertion(() => Assert.Equal("The database does not answer.", page.Find(".sentence").TextContent));
        Assert.Contains("It has not answered since 12:00:00.", page.Find(".state").TextContent, StringComparison.Ordinal);
        // What the program knows of itself needs no database.
        Assert.NotEmpty(page.Find("#live").Children);
        Assert.Equal(0, _notFound);
    }

    [Fact]
    public async Task A_database_that_is_away_opens_the_page_to_no_ordinary_session()
    {
        await using var nowhere = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2");

        var page = Open(watched.Administrator, role: null, nowhere);

        page.WaitForState(() => _notFound > 0);
        Assert.Equal("", page.Markup.Trim());
    }

    [Fact]
    public async Task Who_loses_the_right_loses_the_open_page()
    {
        var former = Caller.User(await watched.Database.CreateUserAsync());
        await watched.Database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", former.UserId));
        var page = Opened(former);
        await watched.Database.OwnerAsync("delete from internal.administrators where user_id = @u", ("u", former.UserId));

        _time.Advance(Vitals.Step);

        page.WaitForState(() => _notFound > 0);
        page.WaitForAssertion(() => Assert.Equal("", page.Markup.Trim()));
    }

    [Fact]
    public void The_last_backup_is_named_with_its_size_and_age_and_that_there_is_none_yet_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("metaprompt-monitoring-");
        var backups = new BackupFolder(folder.FullName);
        Services.AddSingleton(backups);
        var none = Opened();
        Assert.Contains("No backup yet: the first is made within ten minutes of the start.", none.Find("#about").TextContent, StringComparison.Ordinal);

        File.WriteAllBytes(backups.FileFor(WatchedNode.Noon.AddDays(-1)), new byte[10]);
        File.WriteAllBytes(backups.FileFor(WatchedNode.Noon.AddHours(-3)), new byte[2048]);
        Refresh(none);
        none.WaitForAssertion(() => Assert.Contains(
            "Last backup: metaprompt-20261123T090000Z.dump, 2 KB, 3 h ago; 2 are kept.", none.Find("#about").TextContent, StringComparison.Ordinal));
        folder.Delete(recursive: true);
    }

    // Nothing is being read: the clock, moved then, would be taken for a database that does not answer.
    private static void Ready(IRenderedComponent<MonitoringPage> page) =>
        page.WaitForState(() => !page.FindAll("button").Single(button => button.TextContent == "Refresh").HasAttribute("disabled"));

    private static void Refresh(IRenderedComponent<MonitoringPage> page) =>
        page.FindAll("button").Single(button => button.TextContent == "Refresh").Click();

    private IRenderedComponent<MonitoringPage> Opened(Caller? caller = null)
    {
        var page = Open(caller ?? watched.Administrator, "administrator");
        page.WaitForState(() => page.FindAll("h1").Count > 0 || _notFound > 0);
        Assert.Equal(0, _notFound);
        Ready(page);
        return page;
    }

    private IRenderedComponent<MonitoringPage> Open(Caller caller, string? role, NpgsqlDataSource? at = null)
    {
        var source = at ?? watched.Database.AppDataSource;
        var db = new Db(source);
        Services.AddMetrics();
        Services.AddSingleton<TimeProvider>(_time);
        Services.AddSingleton(_alerts);
        Services.AddSingleton(new MonitoringQueries(db));
        Services.AddSingleton(new PlanQueries(source));
        Services.AddSingleton<MonitoringReader>();
        Services.AddSingleton(services =>
        {
            var meters = services.GetRequiredService<IMeterFactory>();
            return new Vitals(
                new QueryTimes(_time), new Readings(meters, "a pool of a test", _time), new SignInMeter(meters, _time), new CacheMeter(meters), new CellMeter(meters),
                _models.Services.GetRequiredService<PromptRunner>(), _time, "one");
        });
        this.AddBunitPersistentComponentState();
        // SetRoles would take the other claims away.
        Claim[] claims = [new(ClaimTypes.NameIdentifier, caller.UserId.ToString()!), .. role is null ? [] : new[] { new Claim(ClaimTypes.Role, role) }];
        AddAuthorization().SetAuthorized("Ada").SetClaims(claims);
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        Services.GetRequiredService<NavigationManager>().OnNotFound += (_, _) => _notFound++;
        return Render<MonitoringPage>();
    }
}
