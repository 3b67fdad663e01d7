using MetaPrompt.Data.Collections;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Features.Collections;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Collections;

/// <summary>The chart's stretches of time, and the addresses of these pages.</summary>
public sealed class StatisticsSeriesTests
{
    private static DailyCounts On(int year, int month, int day, long likes, long uses = 0) =>
        new() { Day = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc), Likes = likes, Uses = uses };

    [Fact]
    public void Days_without_anything_stand_between_those_with_something()
    {
        var series = StatisticsSeries.Of([On(2026, 2, 27, 3, 1), On(2026, 3, 2, 1)], new DateOnly(2026, 2, 26), new DateOnly(2026, 3, 2));

        Assert.Equal("day", series.Step);
        Assert.Equal([0, 3, 0, 0, 1], series.Buckets.Select(bucket => bucket.Likes));
        Assert.Equal((4, 1), (series.Likes, series.Uses));
    }

    [Theory]
    [InlineData(2026, "week")]
    [InlineData(2020, "month")]
    public void A_long_time_is_shown_in_longer_stretches_and_loses_nothing(int year, string step)
    {
        var from = new DateOnly(year, 1, 1);
        var to = new DateOnly(2026, 11, 22);
        var counts = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(i => from.AddDays(i)).Select(day => On(day.Year, day.Month, day.Day, 1, 2)).ToList();

        var series = StatisticsSeries.Of(counts, from, to);

        Assert.Equal(step, series.Step);
        Assert.InRange(series.Buckets.Count, 30, 100);
        Assert.Equal((counts.Count, 2 * counts.Count), (series.Likes, series.Uses));
        Assert.Equal(series.Buckets.Select(bucket => bucket.Begin).Order().Distinct(), series.Buckets.Select(bucket => bucket.Begin));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(3, 4)]
    [InlineData(14, 20)]
    [InlineData(61, 80)]
    [InlineData(100, 100)]
    [InlineData(100_001, 200_000)]
    public void The_axis_ends_at_a_round_number_with_a_round_middle(long largest, long top) => Assert.Equal(top, StatisticsSeries.Top(largest));

    [Theory]
    [InlineData("/favorites?q=a%26b&removed=1", "/favorites?q=a%26b&said=x")]
    [InlineData("/favorites", "/favorites?said=x")]
    [InlineData("https://evil.example/", "/home?said=x")]
    [InlineData("//evil.example/", "/home?said=x")]
    [InlineData(null, "/home?said=x")]
    public void A_form_leads_back_into_this_site_only(string? back, string expected) =>
        Assert.Equal(expected, BackUrl.With(back, "/home", ("removed", null), ("said", "x")));

    [Theory]
    [InlineData("3~0123456789abcdef0123456789abcdef", true)]
    [InlineData("99999999999~0123456789abcdef0123456789abcdef", false)]
    [InlineData("x~0123456789abcdef0123456789abcdef", false)]
    [InlineData("3~4~0123456789abcdef0123456789abcdef", false)]
    [InlineData(null, false)]
    public void A_cursor_that_no_collection_can_have_is_none(string? text, bool valid) => Assert.Equal(valid, CollectionUrl.ParseCursor(text) is not null);

    [Fact]
    public void A_name_is_one_line_and_fits_its_column()
    {
        Assert.Equal("a b", CollectionUrl.CleanName(" a\r\nb\0 "));
        Assert.Equal(100, CollectionUrl.CleanName(new string('x', 300)).Length);
    }
}
