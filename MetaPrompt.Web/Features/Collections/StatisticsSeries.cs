using System.Globalization;
using MetaPrompt.Data.Templates;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>Likes and uses in equal stretches of time: days, and weeks or months where there would be too many bars.</summary>
public sealed record StatisticsSeries
{
    /// <summary>More bars than this cannot be told apart on a phone.</summary>
    private const int MostBars = 92;

    /// <summary>The stretches, oldest first; none is left out because nothing happened in it.</summary>
    public required IReadOnlyList<Bucket> Buckets { get; init; }

    /// <summary>"day", "week" or "month".</summary>
    public required string Step { get; init; }

    /// <summary>Likes of all stretches.</summary>
    public long Likes => Buckets.Sum(bucket => bucket.Likes);

    /// <summary>Uses of all stretches.</summary>
    public long Uses => Buckets.Sum(bucket => bucket.Uses);

    /// <summary>From counts by day, in which days without any are left out.</summary>
    /// <param name="counts">What the database counted.</param>
    /// <param name="from">The first day (UTC).</param>
    /// <param name="to">The last day, which is part of it.</param>
    public static StatisticsSeries Of(IEnumerable<DailyCounts> counts, DateOnly from, DateOnly to)
    {
        var days = to.DayNumber - from.DayNumber + 1;
        var step = days <= MostBars ? "day" : days <= MostBars * 7 ? "week" : "month";
        DateOnly Begin(DateOnly day) => step switch
        {
            "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            "month" => new DateOnly(day.Year, day.Month, 1),
            _ => day,
        };
        DateOnly Next(DateOnly begin) => step switch { "week" => begin.AddDays(7), "month" => begin.AddMonths(1), _ => begin.AddDays(1) };

        var byBegin = counts.Select(count => (Begin: Begin(DateOnly.FromDateTime(count.Day)), count.Likes, count.Uses))
            .GroupBy(count => count.Begin)
            .ToDictionary(group => group.Key, group => (Likes: group.Sum(count => count.Likes), Uses: group.Sum(count => count.Uses)));
        var buckets = new List<Bucket>();
        for (var begin = Begin(from); begin <= to; begin = Next(begin))
        {
            var (likes, uses) = byBegin.GetValueOrDefault(begin);
            buckets.Add(new Bucket(begin, likes, uses));
        }

        return new StatisticsSeries { Buckets = buckets, Step = step };
    }

    /// <summary>How a stretch is called: its day, the week's first day, the month.</summary>
    public string Name(DateOnly begin) => Step switch
    {
        "month" => begin.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
        "week" => "week of " + begin.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
        _ => begin.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>The top of an axis for a largest value: the next of 2, 4, 6, 8, 10, 20, 40, …, so that its middle is round as well.</summary>
    public static long Top(long largest)
    {
        if (largest <= 2)
            return 2;
        long power = 1;
        while (true)
        {
            foreach (var step in (ReadOnlySpan<long>)[2, 4, 6, 8, 10])
            {
                if (step * power >= largest)
                    return step * power;
            }

            power *= 10;
        }
    }
}

/// <summary>One stretch of time.</summary>
/// <param name="Begin">Its first day (UTC).</param>
/// <param name="Likes">Likes given in it and still there.</param>
/// <param name="Uses">Uses in it.</param>
public readonly record struct Bucket(DateOnly Begin, long Likes, long Uses);
