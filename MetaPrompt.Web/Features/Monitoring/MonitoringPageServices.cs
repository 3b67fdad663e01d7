using MetaPrompt.Data.Monitoring;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>Registers what the page reads.</summary>
public static class MonitoringPageServices
{
    /// <summary>Adds the query classes.</summary>
    public static void AddMonitoringPage(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<MonitoringQueries>();
        builder.Services.AddSingleton<MonitoringReader>();
        builder.Services.AddSingleton<PlanQueries>();
    }
}
