using System.Globalization;
using System.Text;

namespace MetaPrompt.Web.Features.Monitoring;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">Oldest first; null where nothing was measured.</param>
public sealed record ChartLine(string Name, IReadOnlyList<double?> Values)
{
    /// <summary>The latest value; null where nothing was measured then.</summary>
    public double? Last => Values is [.., var last] ? last : null;
}

/// <summary>From numbers to the places of a drawing. Pure.</summary>
public static class ChartSeries
{
    /// <summary>How many points a line has at most: as many as a phone is wide can show.</summary>
    public const int MostPoints = 180;

    /// <summary>The top of an axis: the next of 1, 2, 4, 5, 8, 10, 20, … that holds the largest value, so that its middle is round as well.</summary>
    public static double Top(double largest)
    {
        if (!(largest > 0))
            return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(largest)));
        foreach (var step in (ReadOnlySpan<double>)[1, 2, 4, 5, 8, 10])
        {
            if (step * power >= largest * 0.999999)
                return step * power;
        }

        return 10 * power;
    }

    /// <summary>An SVG path in a box of <paramref name="width"/> by 100; broken where nothing was measured. Values end at the right.</summary>
    public static string Path(IReadOnlyList<double?> values, double top, double width)
    {
        ArgumentNullException.ThrowIfNull(values);
        var path = new StringBuilder();
        var step = width / (MostPoints - 1);
        var pen = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value)
            {
                pen = false;
                continue;
            }

            var x = width - (values.Count - 1 - i) * step;
            var y = 98 - Math.Clamp(value / top, 0, 1) * 96;
            path.Append(CultureInfo.InvariantCulture, $"{(pen ? 'L' : 'M')}{x:0.#} {y:0.#}");
            // A point alone is a line without length: its round ends show.
            if (!pen && (i + 1 == values.Count || values[i + 1] is null))
                path.Append("h0");
            pen = true;
        }

        return path.ToString();
    }
}
