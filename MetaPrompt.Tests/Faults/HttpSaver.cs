using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Visitor = MetaPrompt.Tests.Accounts.Browser;

namespace MetaPrompt.Tests.Faults;

/// <summary>
/// A signed-in person who uses templates (each becomes a prompt), likes them and makes collections through the site's own
/// forms, and writes down each answer that said it was done.
/// </summary>
internal sealed partial class HttpSaver : IDisposable
{
    private readonly HttpClient _http;
    private readonly Visitor _browser;
    private string _token = "";

    public HttpSaver(Uri address)
    {
        // As a page would: who gets no answer in some seconds gives up.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(20) };
        _browser = new Visitor(_http);
    }

    /// <summary>Prompts whose page it was sent to.</summary>
    public ConcurrentBag<Guid> Prompts { get; } = [];

    /// <summary>Collections whose page it was sent to.</summary>
    public ConcurrentBag<Guid> Collections { get; } = [];

    /// <summary>Templates whose like was answered with its count.</summary>
    public ConcurrentDictionary<Guid, bool> Favorites { get; } = new();

    /// <summary>What was answered where it was not done, as numbers; 0 where no answer came.</summary>
    public ConcurrentBag<int> Refusals { get; } = [];

    /// <summary>What the page of a refusal said, the last one's.</summary>
    public string Said { get; private set; } = "";

    /// <summary>The person's account.</summary>
    public string Email { get; } = $"{Guid.NewGuid():N}@example.test";

    /// <summary>How many writes were acknowledged.</summary>
    public int Acknowledged => Prompts.Count + Collections.Count + Favorites.Count;

    /// <summary>Signs up, and opens a page with a form to have its token.</summary>
    public async Task SignUpAsync(Guid template)
    {
        using var answer = await _browser.SignUpAsync(Email);
        Xunit.Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        _token = Token().Match(await _browser.TextAsync($"/templates/{template}")).Groups[1].Value;
        Xunit.Assert.NotEmpty(_token);
    }

    /// <summary>Saves until it is told to stop; what does not work is tried again with the next.</summary>
    public async Task RunAsync(IReadOnlyList<Guid> templates, CancellationToken stop)
    {
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            var template = templates[turn / 3 % templates.Count];
            try
            {
                await OnceAsync(turn % 3, template);
            }
            catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException or IOException)
            {
                Refusals.Add(0);
                await Task.Delay(50, CancellationToken.None);
            }

            await Task.Delay(25, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task OnceAsync(int what, Guid template)
    {
        using var answer = what switch
        {
            0 => await PostAsync($"/templates/{template}/use"),
            1 => await PostAsync($"/templates/{template}/favorite", ("favorite", "true")),
            // A person may have some hundreds of collections.
            _ when Collections.Count >= 60 => await PostAsync($"/templates/{template}/use"),
            _ => await PostAsync("/collections/new", ("name", $"C {Guid.NewGuid():N}"), ("description", "")),
        };
        if (what == 1 && answer.StatusCode is HttpStatusCode.Redirect)
        {
            Favorites[template] = true;
        }
        else if (answer.StatusCode == HttpStatusCode.Redirect && Guid.TryParse(answer.Headers.Location!.ToString().Split('/')[^1], out var id))
        {
            (answer.Headers.Location.ToString().Contains("/collections/", StringComparison.Ordinal) ? Collections : Prompts).Add(id);
        }
        else
        {
            Refusals.Add((int)answer.StatusCode);
            Said = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
            await Task.Delay(50);
        }
    }

    private Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) => _browser.PostAsync(
        path, new FormUrlEncodedContent(fields.Append(("__RequestVerificationToken", _token)).Select(field => KeyValuePair.Create(field.Item1, field.Item2))));

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
