using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Requests a second of the two pages that visitors open, from wrk on the same machine: kept pages, and pages rendered for
/// each request (a cookie of any kind makes them so). Client and server share the cores, so read the ratios. Then what
/// Lighthouse thinks of the public pages on a phone.
/// </summary>
internal sealed partial class PagesBenchmark : IBenchmark
{
    private const string OwnPage = "Cookie: bench=1";

    /// <inheritdoc/>
    public string Name => "pages";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = RunningProgram.TemporaryFolder();
        try
        {
            await using var program = await RunningProgram.StartAsync(folder, cancellationToken);
            using var client = new HttpClient { BaseAddress = program.Address };
            var list = await client.GetStringAsync(new Uri("templates", UriKind.Relative), cancellationToken);
            var template = TemplateLink().Match(list).Groups[1].Value;

            await RatesAsync(program, template, output, cancellationToken);
            await LighthouseBenchmark.RunAsync(
                program.Address,
                [("/", ""), ("/templates", "templates"), ("/templates?q=", "templates?q=survey+answers"), ("/templates/{id}", template)],
                output, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RatesAsync(RunningProgram program, string template, TextWriter output, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{"page",-16} {"connections",11} {"rendered/s",11} {"kept/s",11} {"ratio",7}");
        foreach (var (name, path) in new[] { ("/templates", "templates"), ("/templates/{id}", template) })
        {
            await WrkAsync(program.Address, path, 16, OwnPage, 5, cancellationToken);
            foreach (var connections in new[] { 1, 16 })
            {
                var rendered = await WrkAsync(program.Address, path, connections, OwnPage, 6, cancellationToken);
                var kept = await WrkAsync(program.Address, path, connections, "Accept: text/html", 6, cancellationToken);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {connections,11} {rendered,11:N0} {kept,11:N0} {kept / rendered,6:F1}x"));
            }
        }
    }

    private static async Task<double> WrkAsync(
        Uri address, string path, int connections, string header, int seconds, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("wrk") { RedirectStandardOutput = true };
        foreach (var argument in new[]
                 {
                     "-t1", string.Create(CultureInfo.InvariantCulture, $"-c{connections}"),
                     string.Create(CultureInfo.InvariantCulture, $"-d{seconds}s"), "-H", header, new Uri(address, path).ToString(),
                 })
        {
            start.ArgumentList.Add(argument);
        }

        using var wrk = Process.Start(start)!;
        var text = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
        await wrk.WaitForExitAsync(cancellationToken);
        var rate = Rate().Match(text);
        return rate.Success && !text.Contains("Non-2xx", StringComparison.Ordinal)
            ? double.Parse(rate.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("wrk measured no good answers: " + text);
    }

    [GeneratedRegex("""Requests/sec:\s*([0-9.]+)""")]
    private static partial Regex Rate();

    [GeneratedRegex("""<h2><a href="/(templates/[0-9a-f-]{36})""")]
    private static partial Regex TemplateLink();
}
