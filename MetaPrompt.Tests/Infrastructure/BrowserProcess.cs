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

    // The shell draws and runs the same pages without a browser's own window around them, for half the work.
    private static string Find() =>
        Find("chromium-headless-shell", "headless_shell") ?? Find("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        ?? throw new FileNotFoundException("No Chromium on PATH. script/test installs one; by hand: apt-get install chromium.");

    private static string? Find(params string[] names) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

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
