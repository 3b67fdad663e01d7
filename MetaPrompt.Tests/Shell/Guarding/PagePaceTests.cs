using System.Diagnostics.Metrics;
using MetaPrompt.Web.Monitoring;
using MetaPrompt.Web.Shell.Guarding;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.JSInterop;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

/// <summary>How much one open page may send.</summary>
public sealed class PagePaceTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly SilentPage _browser = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Fact]
    public void A_minutes_worth_comes_at_once_and_the_next_in_their_order_at_the_rate()
    {
        var pace = Pace(60);
        for (var action = 0; action < 60; action++)
            Assert.Equal(TimeSpan.Zero, pace.Wait());

        Assert.Equal([1.0, 2, 3], Enumerable.Range(0, 3).Select(_ => pace.Wait().TotalSeconds));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.Zero, pace.Wait());
        _clock.Advance(TimeSpan.FromHours(1));
        for (var action = 0; action < 60; action++)
            Assert.Equal(TimeSpan.Zero, pace.Wait());
        Assert.Equal(1, pace.Wait().TotalSeconds);
    }

    [Fact]
    public void A_hand_never_waits()
    {
        var pace = Pace(new RequestLimits().PageActionsPerMinute);

        // Twelve keys a second, each with an answer of a script, for ten minutes.
        for (var action = 0; action < 12 * 2 * 600; action++)
        {
            Assert.Equal(TimeSpan.Zero, pace.Wait());
            _clock.Advance(TimeSpan.FromSeconds(1.0 / 24));
        }
    }

    [Fact]
    public void What_waits_too_long_ends_the_page_and_both_are_counted_once()
    {
        var meter = new LimitMeter(_services.GetRequiredService<IMeterFactory>());
        var counted = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => counted.Add((string)tags[0].Value!));
        listener.Start();
        var pace = Pace(60, meter);
        for (var action = 0; action < 80; action++)
            pace.Wait();

        Assert.Contains("Load it again", Assert.Throws<PageTooBusyException>(() => pace.Wait()).Message, StringComparison.Ordinal);
        Assert.Throws<PageTooBusyException>(() => pace.Wait());
        Assert.Equal([LimitMeter.PageSlowed, LimitMeter.PageEnded], counted);
        Assert.Equal(["metaprompt.ended"], _browser.Called);
    }

    [Fact]
    public void A_page_that_does_not_answer_is_ended_all_the_same()
    {
        _browser.Gone = new JSDisconnectedException("gone");
        var pace = Pace(60);
        for (var action = 0; action < 80; action++)
            pace.Wait();

        Assert.Throws<PageTooBusyException>(() => pace.Wait());
    }

    public void Dispose() => _services.Dispose();

    private PagePace Pace(int perMinute, LimitMeter? meter = null) => new(
        new RequestLimits { PageActionsPerMinute = perMinute }, _clock, meter ?? new LimitMeter(_services.GetRequiredService<IMeterFactory>()), _browser, NullLogger<PagePace>.Instance);

    /// <summary>A page that never answers.</summary>
    private sealed class SilentPage : IJSRuntime
    {
        public List<string> Called { get; } = [];

        public Exception? Gone { get; set; }

        public ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args) => InvokeAsync<T>(identifier, default, args);

        public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args)
        {
            Called.Add(identifier);
            return Gone is null ? new(new TaskCompletionSource<T>().Task.WaitAsync(cancellationToken)) : throw Gone;
        }
    }
}
