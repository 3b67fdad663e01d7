using MetaPrompt.Data.Tests;

namespace MetaPrompt.Web.Features.History;

/// <summary>A model's pass rate from version to version.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Points">A share from 0 to 1 for each version on which something of it was checked; in the order of the versions.</param>
public sealed record RateLine(string Model, IReadOnlyList<(int Place, double Share, ResultRate Rate)> Points);

/// <summary>Pass rates over the versions of a prompt, as the chart draws them.</summary>
public sealed record PassRates
{
    /// <summary>More lines cannot be told apart.</summary>
    public const int MostLines = 6;

    /// <summary>The versions that were checked, the oldest first.</summary>
    public required IReadOnlyList<int> Versions { get; init; }

    /// <summary>The models with the most checked results, at most <see cref="MostLines"/>.</summary>
    public required IReadOnlyList<RateLine> Lines { get; init; }

    /// <summary>Models that there was no room for.</summary>
    public required int LeftOut { get; init; }

    /// <summary>From what the database counted.</summary>
    public static PassRates Of(IReadOnlyList<ResultRate> rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        var known = rates.Where(rate => rate is { Version: not null, Checked: > 0 }).ToList();
        var versions = known.Select(rate => rate.Version!.Value).Distinct().Order().ToList();
        var lines = known.GroupBy(rate => rate.Model, StringComparer.Ordinal)
            .OrderByDescending(group => group.Sum(rate => rate.Checked)).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new RateLine(group.Key, [.. group.OrderBy(rate => rate.Version).Select(rate => (versions.IndexOf(rate.Version!.Value), (double)rate.Passed / rate.Checked, rate))]))
            .ToList();
        return new PassRates { Versions = versions, Lines = [.. lines.Take(MostLines)], LeftOut = Math.Max(0, lines.Count - MostLines) };
    }
}
