using System.Diagnostics.Metrics;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Models;

namespace MetaPrompt.Web.Monitoring;

/// <summary>Registers what measures the program and what watches the measurements.</summary>
public static class MonitoringServices
{
    /// <summary>Adds <see cref="Vitals"/> and <see cref="Alerts"/> and what feeds them.</summary>
    /// <exception cref="SettingsException">A setting of <c>Alerts</c> or <c>Telemetry</c> is wrong.</exception>
    public static void AddMonitoring(this WebApplicationBuilder builder, RunningDatabase database)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(database);
        var services = builder.Services;
        var telemetry = TelemetrySettings.Read(builder.Configuration);
        var webhook = AlertWebhook.Read(builder.Configuration);
        var thresholds = AlertThresholds.Read(builder.Configuration);
        services.AddMetrics();
        services.AddSingleton<SignInMeter>();
        services.AddSingleton<CacheMeter>();
        services.AddSingleton<CellMeter>();
        services.AddSingleton<LimitMeter>();
        services.AddSingleton(provider => new Readings(
            provider.GetRequiredService<IMeterFactory>(), database.PoolName, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Vitals(
            provider.GetRequiredService<QueryTimes>(), provider.GetRequiredService<Readings>(), provider.GetRequiredService<SignInMeter>(),
            provider.GetRequiredService<CacheMeter>(), provider.GetRequiredService<CellMeter>(), provider.GetRequiredService<PromptRunner>(),
            provider.GetRequiredService<TimeProvider>(), telemetry.Node));
        services.AddSingleton(new Alerts(thresholds));
        services.AddSingleton<SiteMeter>();
        services.AddSingleton<DatabaseWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseWatch>());
        services.AddSingleton(provider => new AlertWebhook(
            webhook, telemetry.Node, Handler(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AlertWebhook>>()));
        services.AddHostedService(provider => provider.GetRequiredService<AlertWebhook>());
        services.AddHostedService<VitalsWatch>();
        Telemetry.Add(builder, telemetry);
    }

    // A redirect would carry the message to an address that nobody set.
    private static SocketsHttpHandler Handler() => new() { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
}
