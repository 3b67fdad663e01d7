using MetaPrompt.Data;
using MetaPrompt.Web.Monitoring;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>When an incident begins and ends, by a clock of the test's own: a look each five seconds, as the program does.</summary>
public sealed class AlertsTests
{
    private static readonly AlertThresholds Thresholds = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Alerts _alerts = new(Thresholds);

    [Fact]
    public void A_slow_query_is_one_incident_with_its_name_until_none_was_slow_for_five_minutes()
    {
        Assert.Empty(Look(Reading.Query("templates.search", 1000, Thresholds)));
        var began = Assert.Single(Look(Reading.Query("templates.search", 1340, Thresholds)));
        Assert.Equal((AlertKind.SlowQuery, "templates.search", 1340, 1000, "ms"), (began.Kind, began.Subject, began.Value, began.Threshold, began.Unit));
        Assert.Contains("templates.search took 1,340 ms", began.Words, StringComparison.Ordinal);

        // As long as the five minutes' longest is too long, nothing more is said; a worse one is remembered.
        Assert.Empty(Look(Reading.Query("templates.search", 2500, Thresholds)));
        Assert.Empty(Look(Reading.Query("templates.search", 2500, Thresholds), Reading.Query("templates.find", 3, Thresholds)));
        Assert.Equal(2500, Assert.Single(_alerts.Current).Value);

        var ended = Assert.Single(Look(Reading.Query("templates.search", 12, Thresholds)));
        Assert.Equal((began.Began, _time.GetUtcNow(), 2500), (ended.Began, ended.Ended, ended.Value));
        Assert.Empty(_alerts.Current);
        Assert.Equal(ended, Assert.Single(_alerts.Recent));
        Assert.Single(Look(Reading.Query("templates.search", 1001, Thresholds)));
    }

    [Fact]
    public void A_pool_is_exhausted_after_five_seconds_and_well_again_after_thirty()
    {
        var full = Reading.Pool(new PoolNow(100, 0, 0, 100), Thresholds);
        var waited = Reading.Pool(new PoolNow(99, 1, 3, 100), Thresholds);
        var well = Reading.Pool(new PoolNow(40, 60, 0, 100), Thresholds);

        Assert.Empty(Look(waited));
        Assert.Empty(Look(well));
        Assert.Empty(Look(full));
        var began = Assert.Single(Look(waited));
        Assert.Equal((AlertKind.PoolExhausted, "connections"), (began.Kind, began.Subject));

        // Up and down about the threshold is the same incident.
        for (var second = 0; second < 25; second += 5)
            Assert.Empty(Look(well));
        Assert.Empty(Look(full));
        for (var second = 0; second < 30; second += 5)
            Assert.Empty(Look(well));
        Assert.NotNull(Assert.Single(Look(well)).Ended);
    }

    [Fact]
    public void Storage_that_hovers_about_its_limit_is_one_incident()
    {
        var limit = 1000L;
        Assert.Empty(Look(Storage(799, limit)));
        Assert.Single(Look(Storage(800, limit)));
        foreach (var used in new[] { 799, 801, 760, 900, 751 })
            Assert.Empty(Look(Storage(used, limit)));
        var ended = Assert.Single(Look(Storage(749, limit)));
        Assert.Equal(90, ended.Value);

        Assert.Null(Reading.Storage(new StorageNow(1, 1, null, false, default), Thresholds));
        static Reading Storage(long used, long limit) => Reading.Storage(new StorageNow(used, used, limit, false, default), Thresholds)!.Value;
    }

    [Fact]
    public void A_burst_of_wrong_passwords_begins_at_the_threshold_and_ends_at_half_of_it()
    {
        Assert.Empty(Look(Reading.SignIns(19, Thresholds)));
        Assert.Equal(AlertKind.SignInFailures, Assert.Single(Look(Reading.SignIns(20, Thresholds))).Kind);
        Assert.Empty(Look(Reading.SignIns(500, Thresholds)));
        Assert.Empty(Look(Reading.SignIns(10, Thresholds)));
        Assert.NotNull(Assert.Single(Look(Reading.SignIns(9, Thresholds))).Ended);
    }

    [Fact]
    public void A_database_that_is_away_for_a_moment_is_no_incident_and_one_that_stays_away_is()
    {
        Assert.Empty(Look(Away(1)));
        Assert.Empty(Look(Away(6)));
        Assert.Empty(Look(Away(0)));
        Assert.Empty(Look(Away(1)));
        Assert.Empty(Look(Away(6)));
        var began = Assert.Single(Look(Away(11)));
        Assert.Equal((AlertKind.DatabaseAway, "database"), (began.Kind, began.Subject));
        Assert.Equal(TimeSpan.FromSeconds(10), _time.GetUtcNow() - began.Began);
        Assert.Empty(Look(Away(0)));
        Assert.Empty(Look(Away(2)));
        Assert.Empty(Look(Away(0)));
        Assert.Empty(Look(Away(0)));
        Assert.NotNull(Assert.Single(Look(Away(0))).Ended);

        static Reading Away(int seconds) => Reading.Database(TimeSpan.FromSeconds(seconds), Thresholds);
    }

    [Fact]
    public void What_could_not_be_measured_changes_nothing()
    {
        Look(Reading.Query("a.b", 5000, Thresholds));
        for (var time = 0; time < 100; time++)
            Assert.Empty(Look());
        Assert.Single(_alerts.Current);
    }

    [Fact]
    public void The_last_hundred_that_are_over_are_kept()
    {
        for (var time = 0; time < 150; time++)
        {
            Look(Reading.Query($"q.{time}", 5000, Thresholds));
            Look(Reading.Query($"q.{time}", 5, Thresholds));
        }

        Assert.Equal(100, _alerts.Recent.Count);
        Assert.Equal("q.149", _alerts.Recent[0].Subject);
    }

    [Fact]
    public void Thresholds_are_read_from_the_settings()
    {
        var read = AlertThresholds.Read(Settings(
            ("Alerts:SlowQueryMs", "250"), ("Alerts:PoolSeconds", "2.5"), ("Alerts:StoragePercent", "90"), ("Alerts:StorageLimit", "8 GB"),
            ("Alerts:SignInFailures", "5"), ("Alerts:DatabaseAwaySeconds", "30")));
        Assert.Equal(
            new AlertThresholds { SlowQueryMs = 250, PoolSeconds = 2.5, StoragePercent = 90, StorageLimitBytes = 8L << 30, SignInFailures = 5, DatabaseAwaySeconds = 30 }, read);
        Assert.Equal(Thresholds, AlertThresholds.Read(Settings(("Alerts:SlowQueryMs", " "), ("Alerts:StorageLimit", ""))));
    }

    [Theory]
    [InlineData("Alerts:SlowQueryMs", "fast")]
    [InlineData("Alerts:SlowQueryMs", "0")]
    [InlineData("Alerts:PoolSeconds", "-1")]
    [InlineData("Alerts:StoragePercent", "101")]
    [InlineData("Alerts:StorageLimit", "500")]
    [InlineData("Alerts:StorageLimit", "-1 GB")]
    [InlineData("Alerts:SignInFailures", "1,000")]
    [InlineData("Alerts:DatabaseAwaySeconds", "99999")]
    [InlineData("Alerts:Webhook", "chat.example.org/hook")]
    [InlineData("Alerts:Webhook", "file:///etc/passwd")]
    [InlineData("Telemetry:OtlpEndpoint", "collector:4318")]
    [InlineData("Telemetry:OtlpHeaders", "x-key", "Telemetry:OtlpEndpoint")]
    [InlineData("Telemetry:TraceRatio", "10%")]
    [InlineData("Telemetry:TraceRatio", "1.5")]
    [InlineData("Telemetry:Prometheus:Url", "9464")]
    public void A_wrong_setting_stops_the_start_and_is_named(string name, string value, string? named = null)
    {
        var settings = Settings((name, value));
        var problem = Assert.Throws<SettingsException>(() =>
        {
            AlertThresholds.Read(settings);
            AlertWebhook.Read(settings);
            TelemetrySettings.Read(settings);
        });
        Assert.Equal(named ?? name, problem.Setting);
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value))).Build();

    private IReadOnlyList<Alert> Look(params Reading[] readings)
    {
        _time.Advance(TimeSpan.FromSeconds(5));
        return _alerts.Look(_time.GetUtcNow(), readings);
    }
}
