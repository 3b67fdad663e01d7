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
        var node = NodeName(builder.Configuration);
        var thresholds = AlertThresholds.Read(builder.Configuration);
        services.AddMetrics();
        services.AddSingleton<SignInMeter>();
        services.AddSingleton<CacheMeter>();
        services.AddSingleton<CellMeter>();
        services.AddSingleton(provider => new Readings(
            provider.GetRequiredService<IMeterFactory>(), database.PoolName, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new Vitals(
            provider.GetRequiredService<QueryTimes>(), provider.GetRequiredService<Readings>(), provider.GetRequiredService<SignInMeter>(),
            provider.GetRequiredService<CacheMeter>(), provider.GetRequiredService<CellMeter>(), provider.GetRequiredService<PromptRunner>(),
            provider.GetRequiredService<TimeProvider>(), node));
        services.AddSingleton(new Alerts(thresholds));
        services.AddHostedService<VitalsWatch>();
    }

    private static string NodeName(IConfiguration settings) =>
        settings["Telemetry:Node"]?.Trim() is { Length: > 0 } named ? named : Environment.MachineName;
}
