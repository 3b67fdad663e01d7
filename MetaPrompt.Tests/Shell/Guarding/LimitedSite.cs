using System.Globalization;
using System.Net.Http.Headers;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Shell.Guarding;

/// <summary>A program with limits so low that a test meets them, behind a known proxy on this machine: each test is an address of its own.</summary>
public sealed class LimitedSite : BrowserSite
{
    /// <summary>Searches, forms and files a minute.</summary>
    public const int Dear = 3;

    /// <summary>What one page may send in a minute.</summary>
    public const int PageActions = 150;

    private static int _clients;

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Value)> Settings =>
    [
        ("environment", "Production"), ("Proxy:Known", "127.0.0.1"),
        ("Limits:RequestsPerMinute", "60"), ("Limits:SearchesPerMinute", Text(Dear)), ("Limits:FormsPerMinute", Text(Dear)), ("Limits:FilesPerMinute", Text(Dear)),
        ("Limits:CircuitsPerAddress", "1"), ("Limits:Circuits", "2"), ("Limits:PageActionsPerMinute", Text(PageActions)),
    ];

    /// <summary>An address that no test has had.</summary>
    public static string NewAddress()
    {
        var client = Interlocked.Increment(ref _clients);
        return string.Create(CultureInfo.InvariantCulture, $"203.0.{client / 250}.{(client % 250) + 1}");
    }

    /// <summary>A browser at the address, as the proxy tells it.</summary>
    public HttpClient Client(string? address = null, string accept = "text/html")
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address ?? NewAddress());
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        return client;
    }

    /// <summary>The answers to so many of the same request.</summary>
    public static async Task<List<HttpResponseMessage>> AskAsync(HttpClient client, int times, Func<HttpRequestMessage> request)
    {
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < times; i++)
        {
            using var one = request();
            answers.Add(await client.SendAsync(one, TestContext.Current.CancellationToken));
        }

        return answers;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
