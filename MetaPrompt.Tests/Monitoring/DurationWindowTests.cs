using CsCheck;
using MetaPrompt.Data.Monitoring;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

public sealed class DurationWindowTests
{
    private static readonly Gen<double> Microseconds = Gen.Double[0, 7.8].Select(power => Math.Pow(10, power));

    [Fact]
    public void A_percentile_is_at_most_a_sixteenth_off() =>
        Gen.Select(Microseconds.Array[1, 200], Gen.Int[0, 2].Select(index => new[] { 0.5, 0.95, 0.99 }[index])).Sample((times, share) =>
        {
            var window = new DurationWindow(new FakeTimeProvider());
            foreach (var time in times)
                window.Note(TimeSpan.FromMicroseconds(time), failed: false);

            var exact = times.Order().ElementAt((int)Math.Ceiling(share * times.Length) - 1) / 1000;
            var read = window.Recent();
            var told = share switch { 0.5 => read.P50Ms, 0.95 => read.P95Ms, _ => read.P99Ms };
            // A microsecond more for what is shorter than the finest bucket.
            Assert.InRange(told!.Value, (exact * 15 / 16) - 0.001, (exact * 17 / 16) + 0.001);
        }, iter: 2_000);

    [Fact]
    public void The_longest_and_the_sum_are_exact_and_the_start_s_figures_are_those_of_all() =>
        Microseconds.Array[1, 50].Sample(times =>
        {
            var window = new DurationWindow(new FakeTimeProvider());
            foreach (var time in times)
                window.Note(TimeSpan.FromMicroseconds(time), failed: time > 1000);

            var read = window.Recent();
            Assert.Equal(window.SinceStart(), read);
            Assert.Equal(times.Max() / 1000, read.MaxMs!.Value, tolerance: 0.001);
            Assert.Equal(times.Sum() / 1000, read.TotalMs, tolerance: 0.05);
            Assert.Equal(times.Count(time => time > 1000), read.Errors);
        }, iter: 200);

    [Fact]
    public void What_is_longer_than_the_scale_is_told_by_the_longest()
    {
        var window = new DurationWindow(new FakeTimeProvider());
        window.Note(TimeSpan.FromMinutes(10), failed: false);

        Assert.Equal(600_000, window.Recent().P50Ms);
    }

    [Fact]
    public void After_five_minutes_a_call_is_no_longer_recent()
    {
        var time = new FakeTimeProvider();
        var window = new DurationWindow(time);
        window.Note(TimeSpan.FromSeconds(2), failed: true);

        time.Advance(TimeSpan.FromMinutes(5));
        window.Note(TimeSpan.FromMilliseconds(1), failed: false);
        Assert.Equal((2, 1), (window.Recent().Calls, window.Recent().Errors));

        time.Advance(TimeSpan.FromSeconds(15));
        var recent = window.Recent();
        Assert.Equal((1, 0), (recent.Calls, recent.Errors));
        Assert.Equal(1, recent.MaxMs);
        Assert.Equal(2, window.SinceStart().Calls);

        // The slots come round again: nothing of the first round is left in them.
        time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(0, window.Recent().Calls);
        Assert.Null(window.Recent().P95Ms);
        window.Note(TimeSpan.FromMilliseconds(3), failed: false);
        Assert.Equal((1, 0), (window.Recent().Calls, window.Recent().Errors));
    }

    [Fact]
    public void A_mark_gives_what_came_since()
    {
        var window = new DurationWindow(new FakeTimeProvider());
        var mark = new DurationMark();
        window.Note(TimeSpan.FromSeconds(1), failed: true);
        window.Since(mark);
        window.Note(TimeSpan.FromMilliseconds(10), failed: false);

        var since = window.Since(mark);
        Assert.Equal((1, 0), (since.Calls, since.Errors));
        Assert.InRange(since.P99Ms!.Value, 9.3, 10.7);
        Assert.Null(window.Since(mark).P50Ms);
    }

    [Fact]
    public void A_call_that_was_never_sent_counts_and_has_no_duration()
    {
        var window = new DurationWindow(new FakeTimeProvider());
        window.Note(null, failed: true);

        Assert.Equal((1, 1), (window.Recent().Calls, window.Recent().Errors));
        Assert.Null(window.Recent().MaxMs);
    }

    [Fact]
    public void Noted_from_many_threads_none_is_lost()
    {
        var window = new DurationWindow(TimeProvider.System);
        Parallel.For(0, 20_000, i => window.Note(TimeSpan.FromMicroseconds(i), failed: i % 2 == 0));

        Assert.Equal((20_000, 10_000), (window.SinceStart().Calls, window.SinceStart().Errors));
    }

    [Theory]
    [InlineData("-- Class.Name\nselect 1", "Class.Name")]
    [InlineData("\n  -- health.ping \r\nselect 1", "health.ping")]
    [InlineData("select 1 -- not a name", QueryTimes.Unnamed)]
    [InlineData("-- \nselect 1", QueryTimes.Unnamed)]
    public void A_statement_is_called_by_its_first_line(string sql, string name) =>
        Assert.Equal(name, QueryTimes.NameOf(sql).ToString());

    [Fact]
    public void Names_made_by_the_request_do_not_fill_the_memory()
    {
        var times = new QueryTimes(new FakeTimeProvider());
        for (var i = 0; i < 5_000; i++)
            times.Of($"-- name{i}\nselect 1").Times.Note(null, failed: false);

        Assert.InRange(times.Read().Count, 1, 1_001);
        Assert.Equal(5_000, times.Read().Sum(query => query.SinceStart.Calls));
    }
}
