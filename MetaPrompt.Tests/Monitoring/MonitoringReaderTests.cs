using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Features.Monitoring;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

public sealed class MonitoringReaderTests(WatchedDatabase watched) : IClassFixture<WatchedDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_goes_away_leaves_the_last_figures_and_their_time_and_comes_back()
    {
        var reader = Reader(watched.Database.Db);
        var read = await reader.ReadAsync(new DatabaseFigures(), MonitoringReader.All, watched.Administrator, Stop);
        Assert.All(MonitoringReader.All, part => Assert.True(read.StatusOf(part) is { At: not null, Problem: null }, $"{part}: {read.StatusOf(part)}"));

        await using var nobody = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=x;Database=x;Timeout=2");
        var away = await Reader(new Db(nobody)).ReadAsync(read, MonitoringReader.Quick, watched.Administrator, Stop);
        Assert.NotNull(away.AwaySince);
        Assert.Same(read.Server, away.Server);
        Assert.Equal(read.StatusOf(DatabasePart.Server).At, away.StatusOf(DatabasePart.Server).At);
        Assert.Equal(PartWords.Away, away.StatusOf(DatabasePart.Server).Problem);

        var back = await reader.ReadAsync(away, MonitoringReader.Quick, watched.Administrator, Stop);
        Assert.Null(back.AwaySince);
        Assert.Null(back.StatusOf(DatabasePart.Server).Problem);
    }

    [Fact]
    public async Task Who_is_no_administrator_reads_nothing() =>
        await Assert.ThrowsAsync<NotAdministratorException>(() =>
            Reader(watched.Database.Db).ReadAsync(new DatabaseFigures(), MonitoringReader.Quick, watched.Person, Stop));

    private static MonitoringReader Reader(Db db) => new(new MonitoringQueries(db), TimeProvider.System, NullLogger<MonitoringReader>.Instance);
}
