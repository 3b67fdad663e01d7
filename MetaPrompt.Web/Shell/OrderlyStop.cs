using System.Globalization;
using System.Runtime.InteropServices;
using MetaPrompt.Data;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Leaves when it is told to (SIGTERM, Ctrl+C) so that nobody loses anything: first <c>/health</c> says 503, so that a balancer
/// sends nobody here any more; then open pages are asked to pause, which go on at another node or at the next start; then the
/// program stops, with its requests answered and its runs kept. A second signal stops it at once.
/// </summary>
public sealed partial class OrderlyStop(
    PausingPages pages, IHostApplicationLifetime application, OrderlyStop.Settings settings, TimeProvider time, ILogger<OrderlyStop> logger)
    : IHostLifetime, IDisposable
{
    private const string Setting = "Drain:Seconds";

    // A page that does not answer shall not hold up all the others' restart.
    private static readonly TimeSpan PauseLimit = TimeSpan.FromSeconds(10);

    private readonly List<PosixSignalRegistration> _signals = [];
    private int _asked;

    /// <summary>Registers it, and what it asks.</summary>
    /// <exception cref="SettingsException"><c>Drain:Seconds</c> is no number of seconds.</exception>
    public static void Add(WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var text = builder.Configuration[Setting]?.Trim();
        var seconds = 0;
        if (!string.IsNullOrEmpty(text) && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) || seconds > 600))
            throw new SettingsException(Setting, $"is \"{text}\". Write seconds, from 0 to 600.");

        var services = builder.Services;
        services.AddSingleton(new Settings(TimeSpan.FromSeconds(seconds)));
        services.AddSingleton<PausingPages>();
        services.AddScoped<CircuitHandler, PausingPage>();
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, OrderlyStop>());
        services.AddHealthChecks().AddCheck<NotLeaving>("node");
    }

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT })
            _signals.Add(PosixSignalRegistration.Create(signal, Heard));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Leaves step by step; ends when the program is told to stop.</summary>
    public async Task LeaveAsync(bool atOnce)
    {
        pages.IsLeaving = true;
        try
        {
            if (!atOnce && settings.Drain > TimeSpan.Zero)
            {
                LogLeaving(settings.Drain);
                await Task.Delay(settings.Drain, time, application.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            var left = await pages.PauseAsync(PauseLimit, application.ApplicationStopping).ConfigureAwait(false);
            if (left > 0)
                LogUnpaused(left);
        }
        finally
        {
            application.StopApplication();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _signals.Clear();
    }

    private void Heard(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Exchange(ref _asked, 1) == 0)
            _ = Task.Run(() => LeaveAsync(atOnce: context.Signal == PosixSignal.SIGINT));
        else
            application.StopApplication();
    }

    /// <summary>How long <c>/health</c> says 503 before anything else happens.</summary>
    public sealed record Settings(TimeSpan Drain);

    private sealed class NotLeaving(PausingPages pages) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(pages.IsLeaving ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy());
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Leaving: /health says 503 for {Drain} before pages are paused.")]
    private partial void LogLeaving(TimeSpan drain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} open pages did not pause in time. They will load anew; what was typed is kept as a draft.")]
    private partial void LogUnpaused(int count);
}
