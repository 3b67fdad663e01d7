using MetaPrompt.Data;
using MetaPrompt.Data.Monitoring;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MetaPrompt.Web.Monitoring;

/// <summary>
/// Sends metrics and traces where the settings say: by OTLP, to Prometheus. With neither, nothing of OpenTelemetry runs.
/// </summary>
internal static class Telemetry
{
    private const string AspNet = "Microsoft.AspNetCore";

    /// <summary>
    /// The meters whose figures leave the program. Not System.Net.Http, whose tags name the hosts of people's own models, and not
    /// Npgsql, whose tags are connection strings wherever a pool has no name: <see cref="SiteMeter"/> has the pool.
    /// </summary>
    private static readonly string[] Meters =
    [
        QueryMeter.Name, SignInMeter.Name, CacheMeter.Name, CellMeter.Name, LimitMeter.Name, SiteMeter.Name,
        AspNet + ".Hosting", AspNet + ".Server.Kestrel", AspNet + ".Components.Server.Circuits", AspNet + ".RateLimiting",
        AspNet + ".Diagnostics", "System.Runtime",
    ];

    /// <summary>Adds what the settings ask for.</summary>
    public static void Add(WebApplicationBuilder builder, TelemetrySettings settings)
    {
        if (!settings.HasOtlp && settings.Prometheus is null)
            return;

        var open = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(
            settings.ServiceName, serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3), serviceInstanceId: settings.Node));
        open.WithMetrics(metrics =>
        {
            metrics.AddMeter(Meters);
            if (settings.HasOtlp)
                metrics.AddOtlpExporter((options, _) => Aim(options, settings, "v1/metrics"));
            if (settings.Prometheus is not null)
                metrics.AddPrometheusExporter();
        });
        if (settings.HasOtlp)
            open.WithTracing(traces => AddTraces(traces, settings));
        if (settings.Prometheus is { } url)
        {
            builder.Services.AddSingleton(services => new PrometheusEndpoint(services.GetRequiredService<MeterProvider>(), url));
            builder.Services.AddHostedService(services => services.GetRequiredService<PrometheusEndpoint>());
        }
    }

    /// <summary>Keeps that share of the visits, and all that belongs to one that is kept.</summary>
    internal static Sampler Sampler(double ratio)
    {
        // A visitor's browser may send "keep this trace" with every request: it is not asked.
        var own = new TraceIdRatioBasedSampler(ratio);
        return new ParentBasedSampler(own, remoteParentSampled: own, remoteParentNotSampled: own);
    }

    private static void AddTraces(TracerProviderBuilder traces, TelemetrySettings settings)
    {
        traces.AddSource(QueryMeter.Name, AspNet + ".Components");
        traces.AddAspNetCoreInstrumentation(requests => requests.Filter = IsWorthATrace);
        if (settings.TraceRatio is { } ratio)
            traces.SetSampler(Sampler(ratio));

        // Before the exporter, which sends what it is handed.
        traces.AddProcessor(new ImpersonalSpans());
        traces.AddOtlpExporter(options => Aim(options, settings, "v1/traces"));
    }

    // Files that never change say nothing, and the connection of a live page lasts as long as its visit.
    private static bool IsWorthATrace(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/_framework", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/_content", StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);

    private static void Aim(OtlpExporterOptions options, TelemetrySettings settings, string signal)
    {
        if (settings.OtlpEndpoint is not { } endpoint)
            return;
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/"), signal);
        options.Headers = settings.OtlpHeaders;
    }
}
