using System.Diagnostics;
using System.Net;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>What leaves the program: to a collector by OTLP, and to Prometheus.</summary>
public sealed class TelemetryTests(TelemetryTests.Watched site) : BrowserTest(site), IClassFixture<TelemetryTests.Watched>
{
    private const string Searched = "xylophonequery";

    private static readonly HashSet<string> MetricTags = new(StringComparer.Ordinal)
    {
        "db.system.name", "db.query.summary", "error.type", "outcome", "cache", "direction", "state", "kind", "table", "index", "part", "how",
        "db.client.connection.state",
        "http.request.method", "http.response.status_code", "http.route", "url.scheme", "network.protocol.name", "network.protocol.version",
        "network.type", "network.transport", "server.address", "server.port", "aspnetcore.diagnostics.exception.result",
        "aspnetcore.diagnostics.handler.type", "aspnetcore.request.is_unhandled", "gc.heap.generation", "cpu.mode",
        "aspnetcore.rate_limiting.policy", "aspnetcore.rate_limiting.result", "tls.protocol.version",
    };

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly Watched _site = site;

    [Fact]
    public async Task A_visit_leaves_names_of_queries_and_pages_and_nothing_of_the_visitor()
    {
        var author = await _site.Database.CreateUserAsync(name: "Zebulon Personal");
        var prompt = await _site.Database.CreatePromptAsync(author, "Giraffetitle", "Giraffegoal", "Giraffetext {{topic}}");
        var page = await OpenAsync();
        var email = await SignUpAsync(page, "Quentin Visitor");
        await page.GotoAsync($"/templates?q={Searched}");
        Expect("404");
        await page.GotoAsync($"/templates/{prompt}");
        await page.GotoAsync("/s/okapitoken0123456789");
        await GoInteractiveAsync(page, "/prompts");
        await GoInteractiveAsync(page, "/wizard");
        Assert.True(_site.Services.GetRequiredService<Vitals>().Now().Circuits is { Open: > 0, Connected: > 0, ManagedBytes: > 0, WorkingSetBytes: > 0 });
        var collector = _site.Collector;
        foreach (var name in new[] { "templates.search", "GET /templates", "GET /wizard" })
            await Eventually(() => collector.Spans.Any(span => span.Name == name), $"no span {name}");
        foreach (var name in new[] { "metaprompt.db.table.size", "metaprompt.db.statement.time", "aspnetcore.components.circuit.active", "http.server.request.duration" })
            await Eventually(() => collector.Metrics.Any(metric => metric.Name == name), $"no metric {name}");
        await Eventually(
            () => collector.Metrics.Any(metric => metric.Name == "db.client.operation.duration" && metric.Tags.Contains(("db.query.summary", "templates.search"))),
            "no duration of templates.search");

        string[] personal = [Searched, "okapi", email, "Quentin", "Zebulon", "Giraffe", prompt.ToString(), author.ToString(), "127.0.0.1", "Mozilla", "HeadlessChrome"];
        foreach (var span in collector.Spans)
        {
            Assert.DoesNotContain(span.Others, other => other.Length > 2);
            Assert.Empty(span.Tags.Select(tag => tag.Name).Except(SpanTags));
            Assert.DoesNotContain(personal, word =>
                span.Name.Contains(word, StringComparison.OrdinalIgnoreCase) || span.Tags.Any(tag => tag.Value.Contains(word, StringComparison.OrdinalIgnoreCase)));
        }

        var metrics = collector.Metrics.ToLookup(metric => metric.Name, metric => metric.Tags);
        Assert.Empty(metrics.SelectMany(metric => metric.SelectMany(tags => tags.Select(tag => tag.Name))).Distinct().Except(MetricTags));
        Assert.DoesNotContain(
            metrics.SelectMany(metric => metric.SelectMany(tags => tags)),
            tag => tag.Name != "server.address" && personal.Any(word => tag.Value.Contains(word, StringComparison.OrdinalIgnoreCase)));
        // No tag takes a value for each visitor, page or row.
        foreach (var metric in metrics)
            Assert.InRange(metric.Select(tags => string.Join(',', tags)).Distinct().Count(), 1, 1000);
        Assert.All(collector.Posts, post => Assert.Equal("s3cret", post.Key));
    }

    [Fact]
    public async Task Prometheus_reads_the_same_on_a_listener_of_its_own_that_has_nothing_else()
    {
        using var client = new HttpClient();
        using (await client.GetAsync(new Uri(Site.Address, "/templates"), _ct))
        {
        }

        var metrics = _site.Services.GetRequiredService<PrometheusEndpoint>().Address!;
        Assert.NotEqual(Site.Address.Port, metrics.Port);
        var text = "";
        await Eventually(async () => (text = await client.GetStringAsync(metrics, _ct)).Contains("db_query_summary=\"templates.search\"", StringComparison.Ordinal)
            && text.Contains("metaprompt_db_size_bytes", StringComparison.Ordinal) && text.Contains("metaprompt_db_up", StringComparison.Ordinal), "no figures");
        foreach (var name in new[]
                 {
                     "db_client_operation_duration_seconds_bucket", "db_client_connection_max", "db_client_connection_pending_requests", "metaprompt_sign_ins", "metaprompt_cache_reads", "metaprompt_run_active",
                     "metaprompt_alerts", "http_server_request_duration_seconds_count", "dotnet_gc_",
                 })
        {
            Assert.Contains(name, text, StringComparison.Ordinal);
        }

        foreach (var elsewhere in new[] { new Uri(metrics, "/"), new Uri(metrics, "/templates"), new Uri(Site.Address, "/metrics") })
        {
            using var answer = await client.GetAsync(elsewhere, _ct);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.DoesNotContain("templates.search", await answer.Content.ReadAsStringAsync(_ct), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0, SamplingDecision.Drop)]
    [InlineData(1, SamplingDecision.RecordAndSample)]
    public void A_visitor_who_asks_for_every_trace_gets_as_many_as_others(double ratio, SamplingDecision decision)
    {
        foreach (var asked in new[] { ActivityTraceFlags.Recorded, ActivityTraceFlags.None })
        {
            var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), asked, isRemote: true);
            Assert.Equal(decision, Telemetry.Sampler(ratio).ShouldSample(new SamplingParameters(parent, parent.TraceId, "GET", ActivityKind.Server)).Decision);
        }

        // What belongs to a request goes with it.
        var kept = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        Assert.Equal(SamplingDecision.RecordAndSample, Telemetry.Sampler(ratio).ShouldSample(new SamplingParameters(kept, kept.TraceId, "templates.search", ActivityKind.Client)).Decision);
    }

    private static readonly HashSet<string> SpanTags = new(StringComparer.Ordinal)
    {
        "http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version", "error.type", "db.system.name",
        "db.query.summary", "aspnetcore.components.type", "aspnetcore.components.method", "aspnetcore.components.attribute.name", "aspnetcore.components.route",
    };

    private Task Eventually(Func<bool> holds, string otherwise) => Eventually(() => Task.FromResult(holds()), otherwise);

    private async Task Eventually(Func<Task<bool>> holds, string otherwise)
    {
        for (var limit = Stopwatch.StartNew(); !await holds(); await Task.Delay(100, _ct))
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), otherwise);
    }

    /// <summary>A site that sends all it measures, at once.</summary>
    public sealed class Watched : BrowserSite
    {
        private CollectorServer? _collector;

        internal CollectorServer Collector => _collector!;

        protected override IEnumerable<(string Name, string Value)> Settings =>
        [
            ("Telemetry:OtlpEndpoint", Collector.Address), ("Telemetry:OtlpHeaders", "x-key=s3cret"), ("Telemetry:TraceRatio", "1"),
            ("Telemetry:Prometheus:Url", "http://127.0.0.1:0"), ("OTEL_BSP_SCHEDULE_DELAY", "50"), ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ];

        public override async ValueTask InitializeAsync()
        {
            _collector = await CollectorServer.StartAsync();
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Collector.DisposeAsync();
        }
    }
}
