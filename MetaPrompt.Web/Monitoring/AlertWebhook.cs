using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using MetaPrompt.Data;

namespace MetaPrompt.Web.Monitoring;

/// <summary>
/// Posts incidents that began or ended to the address of <c>Alerts:Webhook</c>: a JSON object whose <c>text</c> chats show and
/// whose <c>alerts</c> programs read. Tried again after a while; what cannot be told at all is said once in the log.
/// </summary>
internal sealed partial class AlertWebhook(Uri? address, string node, HttpMessageHandler handler, TimeProvider time, ILogger<AlertWebhook> log)
    : BackgroundService
{
    private const int MostWaiting = 100;

    /// <summary>How long one try may take.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan[] AgainAfter = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60)];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly Channel<IReadOnlyList<Alert>> _waiting = Channel.CreateBounded<IReadOnlyList<Alert>>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });

    private bool _failing;

    /// <summary>Reads the address.</summary>
    /// <exception cref="SettingsException">It is none.</exception>
    public static Uri? Read(IConfiguration settings) => settings["Alerts:Webhook"]?.Trim() switch
    {
        null or "" => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) => address,
        // The address itself is a key as a rule: it is not repeated.
        _ => throw new SettingsException("Alerts:Webhook", "is no address. Write it whole, like https://chat.example.org/hooks/..."),
    };

    /// <summary>Tells of what began or ended together, in one message; returns at once.</summary>
    public void Tell(IReadOnlyList<Alert> changes)
    {
        if (address is not null && changes.Count > 0)
            _waiting.Writer.TryWrite(changes);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (address is null)
            return;
        using var client = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            await foreach (var changes in _waiting.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
                await SendAsync(client, address, Message(changes), stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program ends, or did not get as far as to begin.
        }
    }

    private async Task SendAsync(HttpClient client, Uri to, AlertMessage message, CancellationToken stop)
    {
        for (var attempt = 0; ; attempt++)
        {
            var problem = await TryAsync(client, to, message, stop).ConfigureAwait(false);
            if (problem is null)
            {
                if (_failing)
                    LogBack();
                _failing = false;
                return;
            }

            if (attempt == AgainAfter.Length)
            {
                if (!_failing)
                    LogFailing(problem);
                _failing = true;
                return;
            }

            await Task.Delay(AgainAfter[attempt], time, stop).ConfigureAwait(false);
        }
    }

    // What went wrong, in words without the address; null where it was taken.
    private async Task<string?> TryAsync(HttpClient client, Uri to, AlertMessage message, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            using var answer = await client.PostAsJsonAsync(to, message, Json, either.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode}";
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return $"it did not answer within {Patience.TotalSeconds:N0} seconds";
        }
        catch (HttpRequestException problem)
        {
            return problem.HttpRequestError.ToString();
        }
    }

    private AlertMessage Message(IReadOnlyList<Alert> changes) => new(
        string.Join('\n', changes.Select(change => $"[MetaPrompt {node}] {(change.Ended is null ? "" : "Over: ")}{change.Words}")),
        node,
        [.. changes.Select(change => new AlertFields(
            change.Kind, change.Ended is null ? "began" : "ended", change.Subject, Math.Round(change.Value, 1), change.Threshold, change.Unit, change.Began, change.Ended))]);

    [LoggerMessage(Level = LogLevel.Error, Message = "Incidents cannot be told to Alerts:Webhook: {Problem}. That is said once, until it works again.")]
    private partial void LogFailing(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Alerts:Webhook works again.")]
    private partial void LogBack();

    private sealed record AlertMessage(string Text, string Node, IReadOnlyList<AlertFields> Alerts);

    private sealed record AlertFields(
        AlertKind Kind, string State, string Subject, double Value, double Threshold, string Unit, DateTimeOffset Began, DateTimeOffset? Ended);
}
