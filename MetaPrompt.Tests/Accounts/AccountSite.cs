using System.Net;
using System.Text.RegularExpressions;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Account;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MetaPrompt.Tests.Accounts;

/// <summary>The whole program on a test's database, asked over HTTP.</summary>
internal sealed class AccountSite(TestDatabase database, params (string Key, string Value)[] settings) : WebApplicationFactory<Program>
{
    /// <summary>Mails that would be sent; the site says they reach people where <see cref="RecordedMail.ReachesPeople"/> is set.</summary>
    public RecordedMail Mail { get; } = new();

    public AccountTimes Times { get; init; } = new() { AnswerFloor = TimeSpan.Zero };

    public AccountLimits Limits { get; init; } = new() { Passwords = 1000, SignUps = 1000, Mails = 1000 };

    /// <summary>Whether <see cref="Mail"/> takes the place of the program's own.</summary>
    public bool RecordsMail { get; init; } = true;

    public ILoggerProvider? Log { get; init; }

    /// <summary>A browser that keeps cookies and follows no redirect by itself.</summary>
    public Browser NewBrowser(bool https = false) => new(CreateClient(new WebApplicationFactoryClientOptions
    {
        AllowAutoRedirect = false,
        HandleCookies = false,
        BaseAddress = new Uri(https ? "https://localhost" : "http://localhost"),
    }));

    /// <summary>A browser of somebody who has just signed up.</summary>
    public async Task<Browser> SignedUpAsync(string email, string name = "Ann Example", string password = Browser.Good)
    {
        var browser = NewBrowser();
        using var answer = await browser.SignUpAsync(email, name, password);
        Xunit.Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("ConnectionStrings:MetaPrompt", database.AppConnectionString);
        builder.UseSetting("ConnectionStrings:Migrator", settings.Any(s => s.Key == "Supabase:Url") ? "" : database.OwnerConnectionString);
        builder.UseSetting("Logging:LogLevel:Default", "None");
        builder.UseSetting("Logging:Console:LogLevel:Default", "None");
        foreach (var (key, value) in TestLimits.None.Concat(settings))
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton(Times);
            services.AddSingleton(Limits);
            services.AddSingleton(_ => new Passwords(4));
            if (RecordsMail)
                services.AddSingleton<IAccountMail>(Mail);
            if (Log is not null)
                services.AddSingleton(Log);
        });
    }
}

/// <summary>A person's browser without JavaScript: opens pages, fills in the forms that stand on them, and sends them.</summary>
internal sealed partial class Browser(HttpClient http)
{
    public const string Good = "correct horse battery";

    private readonly Dictionary<string, string> _cookies = [];

    /// <summary>The cookies it would send.</summary>
    public IReadOnlyDictionary<string, string> Cookies => _cookies;

    /// <summary>Every Set-Cookie it was sent.</summary>
    public List<string> SetCookies { get; } = [];

    /// <summary>A copy that shares nothing from here on: the same person's stolen or second window.</summary>
    public Browser Copy()
    {
        var copy = new Browser(http);
        foreach (var (name, value) in _cookies)
            copy._cookies[name] = value;
        return copy;
    }

    public void Drop(string cookie) => _cookies.Remove(cookie);

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return SendAsync(request);
    }

    public async Task<string> TextAsync(string path)
    {
        using var answer = await GetAsync(path);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Opens the page, fills in the form of that name and sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string form, params (string Name, string Value)[] fields)
    {
        using var opened = await GetAsync(page);
        var html = await opened.Content.ReadAsStringAsync();
        var body = Form(html, form) ?? throw new InvalidOperationException($"{page} ({opened.StatusCode}) has no form {form}: {html}");
        var all = Hidden(body).Concat(fields).GroupBy(f => f.Name).Select(g => KeyValuePair.Create(g.Key, g.Last().Value));
        return await PostAsync(Action(body) ?? page, new FormUrlEncodedContent(all));
    }

    /// <summary>As <see cref="SubmitAsync"/>, with a file.</summary>
    public async Task<HttpResponseMessage> UploadAsync(string page, string form, string field, byte[] file, string name, string type)
    {
        using var opened = await GetAsync(page);
        var body = Form(await opened.Content.ReadAsStringAsync(), form)!;
        var content = new MultipartFormDataContent();
        foreach (var (key, value) in Hidden(body))
            content.Add(new StringContent(value), key);
        var part = new ByteArrayContent(file);
        part.Headers.ContentType = new(type);
        content.Add(part, field, name);
        return await PostAsync(Action(body) ?? page, content);
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent content) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content });

    public Task<HttpResponseMessage> SignUpAsync(string email, string name = "Ann Example", string password = Good, string page = "/signup") =>
        SubmitAsync(page, "signup", ("Form.FullName", name), ("Form.Email", email), ("Form.Password", password));

    public Task<HttpResponseMessage> SignInAsync(string email, string password = Good, string page = "/login") =>
        SubmitAsync(page, "login", ("Form.Email", email), ("Form.Password", password));

    /// <summary>Whether the site takes this browser for somebody who is signed in.</summary>
    public async Task<bool> IsSignedInAsync()
    {
        using var answer = await GetAsync("/account");
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        if (_cookies.Count > 0)
            request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}")));
        var answer = await http.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var cookie in set)
            {
                SetCookies.Add(cookie);
                var pair = cookie.Split(';')[0];
                var (name, value) = (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]);
                if (value.Length == 0)
                    _cookies.Remove(name);
                else
                    _cookies[name] = value;
            }
        }

        return answer;
    }

    private static string? Form(string html, string name) =>
        Forms().Matches(html).Select(m => m.Value).FirstOrDefault(form =>
            form.Contains($"name=\"_handler\" value=\"{name}\"", StringComparison.Ordinal) || Action(form) == name);

    private static string? Action(string form) => ActionOf().Match(form) is { Success: true } match ? match.Groups[1].Value : null;

    private static IEnumerable<(string Name, string Value)> Hidden(string form) =>
        Inputs().Matches(form).Select(m => m.Value).Where(input => input.Contains("type=\"hidden\"", StringComparison.Ordinal))
            .Select(input => (Attribute(input, "name"), Attribute(input, "value")));

    private static string Attribute(string tag, string name) =>
        WebUtility.HtmlDecode(Regex.Match(tag, $"\\b{name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<form\\b.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input\\b[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Inputs();

    [GeneratedRegex("<form\\b[^>]*\\baction=\"([^\"]*)\"")]
    private static partial Regex ActionOf();
}
