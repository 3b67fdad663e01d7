using System.Text.Json;
using MetaPrompt.Data.Monitoring;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// <c>GET /health</c>: 200 while every part that pages need works, 503 otherwise; the body names each part, its state and
/// how many milliseconds its answer took. It says nothing about where the parts are or why they fail: anybody may ask.
/// </summary>
public static class Health
{
    /// <summary>Registers the checks.</summary>
    public static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HealthQueries>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("database", timeout: TimeSpan.FromSeconds(5));
    }

    /// <summary>Maps the address.</summary>
    public static void MapHealth(this WebApplication app) =>
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync });

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, new
        {
            status = Word(report.Status),
            parts = report.Entries.ToDictionary(
                part => part.Key,
                part => new { status = Word(part.Value.Status), milliseconds = Math.Round(part.Value.Duration.TotalMilliseconds, 1) }),
        }, JsonSerializerOptions.Web, context.RequestAborted);
    }

    private static string Word(HealthStatus status) => status == HealthStatus.Healthy ? "ok" : "away";

    private sealed class DatabaseCheck(HealthQueries queries) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await queries.PingAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException exception)
            {
                return HealthCheckResult.Unhealthy(exception: exception);
            }
        }
    }
}
