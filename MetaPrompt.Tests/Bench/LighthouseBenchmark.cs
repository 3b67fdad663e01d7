using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// What Lighthouse, as npm has it, gives pages on its phone: performance, accessibility, best practices, SEO, of 100 each,
/// and what cost points. A part of <see cref="PagesBenchmark"/>.
/// </summary>
internal static class LighthouseBenchmark
{
    private const string Package = "lighthouse@12.8.2";

    private static readonly string[] Categories = ["performance", "accessibility", "best-practices", "seo"];

    /// <summary>Measures pages one after another. The first run fetches the package into a folder that is kept.</summary>
    public static async Task RunAsync(Uri site, IReadOnlyList<(string Name, string Path)> pages, TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "metaprompt", "lighthouse"));
        var program = Path.Combine(folder.FullName, "node_modules", "lighthouse", "cli", "index.js");
        if (!File.Exists(program))
            await RunAsync("npm", ["install", "--prefix", folder.FullName, "--no-audit", "--no-fund", "--loglevel=error", Package], cancellationToken);

        await output.WriteLineAsync($"{"lighthouse",-16} {"performance",11} {"accessibility",13} {"best practices",14} {"SEO",5}");
        foreach (var (name, path) in pages)
        {
            var report = Path.Combine(folder.FullName, "report.json");
            await RunAsync(
                "node",
                [
                    program, new Uri(site, path).ToString(), "--quiet", "--output=json", $"--output-path={report}",
                    "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
                ],
                cancellationToken);
            await using var file = File.OpenRead(report);
            using var result = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
            var scores = Categories.Select(category => Score(result.RootElement.GetProperty("categories").GetProperty(category))).ToArray();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{name,-16} {scores[0],11:F0} {scores[1],13:F0} {scores[2],14:F0} {scores[3],5:F0}"));
            foreach (var (title, score) in Lost(result.RootElement))
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{"",-16}   {score,3:F0}  {title}"));
        }
    }

    // What weighs something and is not nearly whole.
    private static IEnumerable<(string Title, double Score)> Lost(JsonElement report) =>
        from category in report.GetProperty("categories").EnumerateObject()
        from reference in category.Value.GetProperty("auditRefs").EnumerateArray()
        where reference.GetProperty("weight").GetDouble() > 0
        let audit = report.GetProperty("audits").GetProperty(reference.GetProperty("id").GetString()!)
        where audit.GetProperty("score").ValueKind == JsonValueKind.Number && Score(audit) < 95
        select (audit.GetProperty("title").GetString()!, Score(audit));

    private static double Score(JsonElement part) => part.GetProperty("score") is { ValueKind: JsonValueKind.Number } score ? score.GetDouble() * 100 : 0;

    private static async Task RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.TryAdd("CHROME_PATH", "/usr/bin/chromium");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors}{await output}");
    }
}
