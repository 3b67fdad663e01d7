using System.Collections.Concurrent;
using System.Diagnostics;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Scaling;

/// <summary>A streaming replica answers visitors, and nobody notices when it lags, dies and comes back (ADR 13).</summary>
[Collection(Cluster.Name)]
public sealed class ReplicaTests(Cluster cluster) : IAsyncLifetime
{
    private const string WhereSql = "select pg_is_in_recovery()";

    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(1);

    // What is measured every second may be two seconds old, and this machine slow: one that is asked for ever is still told from it.
    private static readonly TimeSpan Bound = MaxLag + TimeSpan.FromSeconds(14);

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private NpgsqlDataSource _source = null!;
    private Replicas _replicas = null!;
    private Db _primary = null!;
    private ReadDb _reads = null!;

    public async ValueTask InitializeAsync()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [KeyValuePair.Create("Replicas:Hosts", (string?)cluster.Replica.Host), KeyValuePair.Create("Replicas:MaxLagSeconds", (string?)"1")]).Build();
        _source = NpgsqlDataSource.Create(cluster.Primary.App);
        _replicas = new Replicas(ReplicaSettings.Read(configuration, cluster.Primary.App)!, _source, NullLogger<Replicas>.Instance);
        _primary = new Db(_source);
        _reads = new ReadDb(_primary, _replicas);
        await _replicas.StartAsync(_ct);
        await UntilAsync(replica: true);
    }

    public async ValueTask DisposeAsync()
    {
        await _replicas.StopAsync(CancellationToken.None);
        await _replicas.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Fact]
    public async Task Visitors_are_answered_by_the_replica_in_everything_the_gallery_shows_and_people_by_the_primary()
    {
        var author = await cluster.Primary.CreateUserAsync();
        var template = await PublishAsync(author, "Answered by a replica");
        await CaughtUpAsync();

        Assert.True(await IsReplicaAsync(Caller.Anonymous));
        Assert.False(await IsReplicaAsync(Caller.User(author)));
        Assert.False(await IsReplicaAsync(Caller.App));

        // Nothing but the replica answers here.
        await using var nowhere = NpgsqlDataSource.Create("Host=/nowhere;Database=none;Username=nobody");
        var reads = new ReadDb(new Db(nowhere), _replicas);
        var visitor = Caller.Anonymous;
        var search = new TemplateSearch { Query = "answered replica" };
        var gallery = new GalleryQueries(new Db(nowhere), reads);
        Assert.Equal(template, Assert.Single(await gallery.SearchAsync(visitor, search, _ct)).TemplateId);
        foreach (var sort in Enum.GetValues<TemplateSort>())
            Assert.NotEmpty(await gallery.SearchAsync(visitor, new() { Sort = sort }, _ct));
        Assert.Equal("Answered by a replica", (await gallery.FindAsync(visitor, template, _ct))!.Title);
        Assert.NotEmpty(await gallery.CategoriesAsync(visitor, _ct));
        Assert.Equal(1, (await gallery.FacetsAsync(visitor, search, _ct)).Total);
        Assert.NotEmpty(await gallery.SuggestAsync(visitor, "answ", 5, _ct));
        await gallery.AdviseAsync(visitor, new() { Query = "answred replca" }, _ct);
        await gallery.SimilarAsync(visitor, template, 5, _ct);
        var authors = new AuthorQueries(new Db(nowhere), reads);
        Assert.NotNull(await authors.FindAsync(visitor, author, _ct));
        Assert.Single(await authors.TemplatesAsync(visitor, author, TemplateSort.Newest, null, 10, _ct));
        var versions = new TemplateVersionQueries(new Db(nowhere), reads);
        Assert.NotNull(await versions.FindAsync(visitor, template, Assert.Single(await versions.ListAsync(visitor, template, _ct)).Number, _ct));
        var syndication = new SyndicationQueries(new Db(nowhere), reads);
        Assert.NotEmpty(await syndication.TemplatesAsync((await syndication.TemplateStartsAsync(10, _ct))[0], 10, _ct));
        Assert.NotEmpty(await syndication.AuthorsAsync((await syndication.AuthorStartsAsync(10, _ct))[0], 10, _ct));
        Assert.NotNull(await syndication.PictureAsync(template, _ct));
    }

    [Fact]
    public async Task Row_level_security_is_the_same_on_the_replica()
    {
        var author = await cluster.Primary.CreateUserAsync();
        await CreateAsync(author, "A private matter");
        await CaughtUpAsync();
        var replica = _replicas.UpToDate!;

        Assert.Empty(await replica.QueryAsync<string>(Caller.User(Guid.NewGuid()), "select title from public.prompts where not is_public", null, _ct));
        Assert.Equal(["A private matter"], await replica.QueryAsync<string>(Caller.User(author), "select title from public.prompts where not is_public", null, _ct));
        var denied = await Assert.ThrowsAsync<PostgresException>(() => replica.QueryAsync<string>(Caller.App, "select title from public.prompts where not is_public", null, _ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, denied.SqlState);
    }

    [Fact]
    public async Task One_that_lags_is_asked_no_more_within_the_bound_and_again_when_it_has_caught_up()
    {
        await cluster.Replica.PauseAsync();
        try
        {
            await PublishAsync(await cluster.Primary.CreateUserAsync(), "Written while it slept");
            await UntilAsync(replica: false, Bound);
        }
        finally
        {
            await cluster.Replica.ResumeAsync();
        }

        await UntilAsync(replica: true);
        Assert.True(await IsReplicaAsync(Caller.Anonymous));
    }

    [Fact]
    public async Task What_was_published_is_never_looked_for_where_it_has_not_arrived()
    {
        var gallery = new GalleryQueries(_primary, _reads);
        for (var turn = 0; turn < 10; turn++)
        {
            var template = await PublishAsync(await cluster.Primary.CreateUserAsync(), $"Seen at once {turn}");
            _replicas.CatchUp();
            Assert.NotNull(await gallery.FindAsync(Caller.Anonymous, template, _ct));
            await CaughtUpAsync();
        }

        // Far behind, and not yet long enough to lag.
        await cluster.Replica.PauseAsync();
        try
        {
            var template = await PublishAsync(await cluster.Primary.CreateUserAsync(), "Seen although it slept");
            _replicas.CatchUp();
            for (var watch = Stopwatch.StartNew(); watch.Elapsed < MaxLag * 2; await Task.Delay(20, _ct))
                Assert.NotNull(await gallery.FindAsync(Caller.Anonymous, template, _ct));
        }
        finally
        {
            await cluster.Replica.ResumeAsync();
        }

        await UntilAsync(replica: true);
    }

    [Fact]
    public async Task One_that_is_killed_under_load_fails_nobodys_question_and_is_asked_again_when_it_is_back()
    {
        using var enough = new CancellationTokenSource();
        var answers = new ConcurrentBag<bool>();
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                answers.Add(await IsReplicaAsync(Caller.Anonymous));
                await Task.Delay(5, _ct);
            }
        }, _ct)).ToArray();

        async Task AnsweredAsync(bool by)
        {
            answers.Clear();
            for (var watch = Stopwatch.StartNew(); !answers.Contains(by); await Task.Delay(10, _ct))
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), by ? "the replica is not asked again" : "the primary is not asked");
        }

        await AnsweredAsync(by: true);
        await cluster.Replica.KillAsync(_ct);
        await AnsweredAsync(by: false);
        await cluster.Replica.StartAsync(_ct);
        await AnsweredAsync(by: true);
        await enough.CancelAsync();

        // A question that failed would be thrown here.
        await Task.WhenAll(load);
    }

    private async Task<bool> IsReplicaAsync(Caller caller) => await _reads.FirstOrDefaultAsync<bool>(caller, WhereSql, null, _ct);

    private async Task UntilAsync(bool replica, TimeSpan? limit = null)
    {
        for (var watch = Stopwatch.StartNew(); await IsReplicaAsync(Caller.Anonymous) != replica; await Task.Delay(20, _ct))
            Assert.True(watch.Elapsed < (limit ?? TimeSpan.FromSeconds(30)), replica ? "the replica is not asked" : "the replica is asked still");
    }

    private Task CaughtUpAsync()
    {
        _replicas.CatchUp();
        return UntilAsync(replica: true);
    }

    private Task<Guid> CreateAsync(Guid author, string title) => new PromptQueries(_primary).CreateAsync(
        Caller.User(author), new NewPrompt { Title = title, Goal = "Show it", Template = "Show {{what}}.", Variables = """[{"name":"what"}]""", Answers = [] }, _ct);

    private async Task<Guid> PublishAsync(Guid author, string title)
    {
        var prompt = await CreateAsync(author, title);
        return (await new PublishQueries(_primary).PublishAsync(Caller.User(author), prompt, "Testing", ["replica"], _ct));
    }
}
