using System.Globalization;
using System.Text;

namespace MetaPrompt.Tests.Bench;

/// <summary>How the figures of <c>gallery</c> are written.</summary>
internal static class GalleryTable
{
    private const double RatioAim = 0.8;
    private const double GrowthAim = 8;

    /// <summary>What stands above the rows of one size.</summary>
    public static string Head(int templates) => string.Create(
        CultureInfo.InvariantCulture,
        $"""

        {templates.ToString("N0", CultureInfo.InvariantCulture) + " templates",-31} {"",5} |{" our query classes, milliseconds",33} {"CPU ms a call",15} |{" pgbench, the same, milliseconds",33} |{"ours to",9} |{"document",10} | aims: p95 at a million;
        {"query",-31} {"conns",5} |{"p50",8}{"p95",8}{"p99",8}{"per s",9} {"server",7} {"client",7} |{"p50",8}{"p95",8}{"p99",8}{"per s",9} |{"pgbench",9} |{"p50 ms",10} | 80% of pgbench
        """);

    /// <summary>One query at so many connections.</summary>
    public static string Row(GalleryCase one, int connections, Samples ours, (double Server, double Client) cpu, Samples? pgBench, double? documented)
    {
        var aim = connections == 1 ? one.Aim.One : one.Aim.Eight;
        var ratio = pgBench is { Count: > 0 } ? ours.PerSecond / pgBench.PerSecond : (double?)null;
        var verdicts = new List<string>();
        if (aim is { } most)
            verdicts.Add(string.Create(CultureInfo.InvariantCulture, $"p95 {most:0} ms {Met(ours.Within(0.95) <= most)}"));
        if (ratio is { } part)
            verdicts.Add(string.Create(CultureInfo.InvariantCulture, $"80% {Met(part >= RatioAim)}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(connections == 1 ? one.Name : ""),-31} {connections,5} |{Four(ours)} {cpu.Server,7:F2} {cpu.Client,7:F2} |{(pgBench is null ? new string(' ', 33) : Four(pgBench))} |{Percent(ratio),9} |{Documented(documented),10} | {string.Join(", ", verdicts)}");
    }

    /// <summary>The smallest gallery against the largest, query by query, at one connection.</summary>
    public static string Growth(IReadOnlyList<(GalleryCase Case, int Templates, Samples Samples)> measured)
    {
        var smallest = measured.Select(row => row.Templates).DefaultIfEmpty().Min();
        var largest = measured.Select(row => row.Templates).DefaultIfEmpty().Max();
        if (smallest == largest)
            return "";

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n{"growth, at one connection",-31} | p50 at {smallest,9:N0}{largest,11:N0} {"ratio",8} | p95 at {smallest,9:N0}{largest,11:N0} {"ratio",8} | aim: search at most {GrowthAim} times\n");
        foreach (var small in measured.Where(row => row.Templates == smallest))
        {
            var large = measured.Single(row => row.Templates == largest && row.Case.Name == small.Case.Name);
            double Ratio(double part) => large.Samples.Within(part) / small.Samples.Within(part);
            var verdict = small.Case.IsSearch ? Met(Ratio(0.5) <= GrowthAim) : "";
            text.Append(CultureInfo.InvariantCulture, $"{small.Case.Name,-31} |{small.Samples.Within(0.5),17:F2}{large.Samples.Within(0.5),11:F2} {Ratio(0.5),7:F1}x |{small.Samples.Within(0.95),17:F2}{large.Samples.Within(0.95),11:F2} {Ratio(0.95),7:F1}x | {verdict}\n");
        }

        return text.ToString();
    }

    /// <summary>As the tables say it.</summary>
    public static string Met(bool met) => met ? "met" : "NOT met";

    private static string Four(Samples samples) =>
        string.Create(CultureInfo.InvariantCulture, $"{samples.Within(0.5),8:F2}{samples.Within(0.95),8:F2}{samples.Within(0.99),8:F2}{samples.PerSecond,9:N0}");

    private static string Percent(double? ratio) => ratio is { } part ? string.Create(CultureInfo.InvariantCulture, $"{part * 100:F0}%") : "";

    private static string Documented(double? milliseconds) => milliseconds switch
    {
        null => "",
        double.PositiveInfinity => "> 10 s",
        _ => milliseconds.Value.ToString("F2", CultureInfo.InvariantCulture),
    };
}
