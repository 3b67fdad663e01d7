using MetaPrompt.Data;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenTelemetry.Metrics;

namespace MetaPrompt.Web.Monitoring;

/// <summary>
/// <c>/metrics</c> for Prometheus, on a listener of its own: what visitors reach has no such page, whatever a proxy in front of
/// it lets through.
/// </summary>
internal sealed class PrometheusEndpoint(MeterProvider meters, Uri url) : IHostedService, IAsyncDisposable
{
    private const string Path = "/metrics";

    private WebApplication? _app;

    /// <summary>Where it is; null until it listens.</summary>
    public Uri? Address { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="SettingsException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseUrls(url.GetLeftPart(UriPartial.Authority));
        builder.Services.AddOptions();
        _app = builder.Build();
        _app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, null, Path, null, null);
        try
        {
            await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or InvalidOperationException)
        {
            throw new SettingsException("Telemetry:Prometheus:Url", $"cannot be listened on: {problem.Message}", problem);
        }

        var bound = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Address = new Uri(new Uri(bound), Path);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync().ConfigureAwait(false);
    }
}
