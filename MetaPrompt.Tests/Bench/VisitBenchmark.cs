using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace MetaPrompt.Tests.Bench;

/// <summary>What a first visit costs on the wire, as Chromium counts it: headers and bodies, compressed.</summary>
internal sealed class VisitBenchmark : IBenchmark
{
    /// <inheritdoc/>
    public string Name => "visit";

    /// <inheritdoc/>
    public async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = RunningProgram.TemporaryFolder();
        try
        {
            await using var program = await RunningProgram.StartAsync(folder, cancellationToken);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
            });
            await output.WriteLineAsync($"{"first visit to",-16} {"requests",8} {"page KB",9} {"in all KB",10}");
            foreach (var path in new[] { "/", "/templates", "/wizard" })
            {
                await using var context = await browser.NewContextAsync();
                var page = await context.NewPageAsync();
                var network = await context.NewCDPSessionAsync(page);
                await network.SendAsync("Network.enable");
                var sizes = new ConcurrentQueue<double>();
                network.Event("Network.loadingFinished").OnEvent += (_, finished) =>
                {
                    if (finished is { } data)
                        sizes.Enqueue(data.GetProperty("encodedDataLength").GetDouble());
                };
                await page.GotoAsync(new Uri(program.Address, path).ToString(), new() { WaitUntil = WaitUntilState.NetworkIdle });
                var all = sizes.ToArray();
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{path,-16} {all.Length,8} {all.FirstOrDefault() / 1000,9:F1} {all.Sum() / 1000,10:F1}"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
