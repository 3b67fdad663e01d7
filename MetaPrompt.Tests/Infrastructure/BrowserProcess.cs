using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(BrowserProcess.End))]

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>One Chromium for the whole run, the one on PATH; started by the first test that opens a page.</summary>
public static class BrowserProcess
{
    private static readonly Lazy<Task<(IPlaywright Driver, IBrowser Browser)>> Started = new(StartAsync);

    // A run talks to its own server only: whatever else a browser likes to ask for, it does not find.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-dev-shm-usage", "--headless", "--disable-gpu",
        "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-sync",
        "--no-first-run", "--no-default-browser-check", "--no-pings", "--metrics-recording-only",
        "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,CertificateTransparencyComponentUpdater",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    ];

    /// <summary>The browser; contexts in it share nothing.</summary>
    public static async Task<IBrowser> SharedAsync() => (await Started.Value).Browser;

    private static async Task<(IPlaywright, IBrowser)> StartAsync()
    {
        var driver = await Playwright.CreateAsync();
        var browser = await driver.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Find(),
            Args = Arguments,
            Headless = true,
        });
        return (driver, browser);
    }

    private static string Find()
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            foreach (var name in new[] { "chromium", "chromium-browser", "google-chrome", "google-chrome-stable" })
            {
                var path = Path.Combine(folder, name);
                if (File.Exists(path))
                    return path;
            }
        }

        throw new FileNotFoundException("No Chromium on PATH. script/test installs one; by hand: apt-get install chromium.");
    }

    /// <summary>Ends the browser with the run.</summary>
    public sealed class End : IAsyncDisposable
    {
        /// <inheritdoc/>
        public async ValueTask DisposeAsync()
        {
            if (!Started.IsValueCreated)
                return;

            var (driver, browser) = await Started.Value;
            await browser.CloseAsync();
            driver.Dispose();
        }
    }
}
