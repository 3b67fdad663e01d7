using System.Collections.Concurrent;
using System.Text.Json;
using MetaPrompt.Web.Monitoring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>Messages to a chat over real HTTP; pauses and time-outs by a clock of the test's own.</summary>
public sealed class AlertWebhookTests : IAsyncLifetime
{
    private const string Key = "/hooks/T0PS3CRET";

    private static readonly Alert Began = new()
    {
        Kind = AlertKind.SlowQuery,
        Subject = "templates.search",
        Words = "The query templates.search took 1,340 ms; more than 1,000 ms is too long.",
        Threshold = 1000,
        Value = 1340.04,
        Unit = "ms",
        Began = new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero),
    };

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _bodies = new();
    private readonly ConcurrentQueue<int> _answers = new();
    private readonly LogLines _log = new();
    private readonly Wire _wire = new();
    private volatile int _always = 200;
    private WebApplication _chat = null!;
    private AlertWebhook _webhook = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _chat = builder.Build();
        _chat.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _bodies.Enqueue(context.Request.Path + " " + await reader.ReadToEndAsync(context.RequestAborted));
            var answer = _answers.TryDequeue(out var next) ? next : _always;
            if (answer == 0)
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            context.Response.StatusCode = answer;
        });
        await _chat.StartAsync(_ct);
        _webhook = new AlertWebhook(new Uri(new Uri(_chat.Urls.First()), Key), "node-1", _wire, _time, new Logger<AlertWebhook>(new LoggerFactory([_log])));
        await _webhook.StartAsync(_ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _webhook.StopAsync(CancellationToken.None);
        _webhook.Dispose();
        _wire.Dispose();
        await _chat.DisposeAsync();
    }

    [Fact]
    public async Task What_began_and_ended_together_is_one_message_for_people_and_programs()
    {
        _webhook.Tell([Began, Began with { Kind = AlertKind.StorageFull, Subject = "storage", Words = "The room is full.", Unit = "%", Ended = Began.Began.AddMinutes(2) }]);
        _webhook.Tell([]);

        await Eventually(() => _bodies.Count == 1);
        Assert.True(_bodies.TryPeek(out var post));
        Assert.StartsWith(Key + " {", post, StringComparison.Ordinal);
        var message = JsonDocument.Parse(post[Key.Length..]).RootElement;
        Assert.Equal(
            "[MetaPrompt node-1] The query templates.search took 1,340 ms; more than 1,000 ms is too long.\n[MetaPrompt node-1] Over: The room is full.",
            message.GetProperty("text").GetString());
        Assert.Equal("node-1", message.GetProperty("node").GetString());
        Assert.Equal(
            """{"kind":"slow_query","state":"began","subject":"templates.search","value":1340,"threshold":1000,"unit":"ms","began":"2026-11-23T08:00:00+00:00","ended":null}""",
            message.GetProperty("alerts")[0].GetRawText());
        Assert.Equal("ended", message.GetProperty("alerts")[1].GetProperty("state").GetString());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_message_that_was_refused_is_sent_again_and_nothing_is_said_of_it()
    {
        _answers.Enqueue(500);
        _webhook.Tell([Began]);

        await Eventually(() => _bodies.Count == 1);
        await PassAsync(() => _bodies.Count == 2, TimeSpan.FromSeconds(2));
        Assert.Single(_bodies.Distinct());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task A_chat_that_hangs_is_left_after_ten_seconds_and_the_message_sent_again()
    {
        _answers.Enqueue(0);
        _webhook.Tell([Began]);

        await Eventually(() => _bodies.Count == 1);
        _time.Advance(AlertWebhook.Patience);
        await PassAsync(() => _bodies.Count == 2, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_chat_that_never_takes_anything_is_said_once_without_its_address_until_it_works_again()
    {
        _always = 503;
        _webhook.Tell([Began]);
        await PassAsync(() => _log.Lines.Count == 1, TimeSpan.FromSeconds(60));
        _webhook.Tell([Began with { Subject = "second.query" }]);
        _webhook.Tell([Began with { Subject = "third.query" }]);
        // The third is only begun when the second was given up.
        await PassAsync(() => _bodies.Any(body => body.Contains("third.query", StringComparison.Ordinal)), TimeSpan.FromSeconds(60));
        Assert.StartsWith("Incidents cannot be told to Alerts:Webhook: it ", Assert.Single(_log.Lines), StringComparison.Ordinal);
        _always = 200;
        _webhook.Tell([Began with { Subject = "fourth.query" }]);
        await PassAsync(() => _log.Lines.Count == 2, TimeSpan.FromSeconds(60));

        Assert.Equal("Alerts:Webhook works again.", _log.Lines[1]);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("T0PS3CRET", StringComparison.Ordinal));
    }

    private Task Eventually(Func<bool> holds) => PassAsync(holds, TimeSpan.Zero);

    // Lets the test's clock go on until it holds: how far at once is what the program may be waiting for. It stands while a message
    // is on its way, which on a busy machine takes as long as it takes.
    private async Task PassAsync(Func<bool> holds, TimeSpan step)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ct);
        limit.CancelAfter(TimeSpan.FromSeconds(40));
        while (!holds())
        {
            await Task.Delay(20, limit.Token);
            if (_wire.Posts == 0)
                _time.Advance(step);
        }
    }

    /// <summary>Knows how many messages are on their way.</summary>
    private sealed class Wire() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        private int _posts;

        public int Posts => Volatile.Read(ref _posts);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _posts);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref _posts);
            }
        }
    }

    private sealed class LogLines : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyList<string> Lines => [.. _lines];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
