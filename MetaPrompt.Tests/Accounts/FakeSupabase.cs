using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Buffers.Text;
using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MetaPrompt.Tests.Accounts;

/// <summary>
/// Supabase Auth as its documentation has it, as far as this program speaks to it: shapes, codes, rotation of tokens, rate
/// limits. Written from the documentation, not from the client, so that the two can disagree.
/// </summary>
internal sealed class FakeSupabase : IAsyncDisposable
{
    public const string Key = "sb_publishable_test";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, FakeUser> _users = new();
    private readonly ConcurrentDictionary<string, string> _access = new();
    private readonly ConcurrentDictionary<string, (string Email, string Session)> _refresh = new();
    private readonly ConcurrentDictionary<string, string> _usedRefresh = new();
    private readonly ConcurrentDictionary<string, (string Email, string Challenge)> _codes = new();
    private readonly ConcurrentDictionary<string, (string Email, string Type)> _tokenHashes = new();

    private FakeSupabase(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    /// <summary>Whether a sign-up opens a session at once.</summary>
    public bool AutoConfirm { get; set; } = true;

    public bool SignUpDisabled { get; set; }

    /// <summary>Answers everything itself where it is set; null answers as usual.</summary>
    public Func<HttpContext, Task<bool>>? Instead { get; set; }

    /// <summary>Every request: method, path with query, body.</summary>
    public ConcurrentQueue<(string Method, string Path, string Body, string? Bearer)> Requests { get; } = new();

    public ConcurrentQueue<string> Problems { get; } = new();

    /// <summary>What the last mail's link carries.</summary>
    public (string? Code, string? TokenHash) LastMail { get; private set; }

    public IReadOnlyCollection<string> LiveRefreshTokens => [.. _refresh.Keys];

    public static async Task<FakeSupabase> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeSupabase(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync();
        return fake;
    }

    /// <summary>A client for it, as the program sets one up.</summary>
    public HttpClient Client(TimeSpan? timeout = null)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        SupabaseAccounts.Configure(http, Url, Key);
        http.Timeout = timeout ?? http.Timeout;
        return http;
    }

    public FakeUser AddUser(string email, string password, string name = "Some One", Guid? id = null)
    {
        var user = new FakeUser { Id = id ?? Guid.NewGuid(), Email = email, Password = password, Name = name, Confirmed = true };
        _users[email] = user;
        return user;
    }

    public FakeUser? User(string email) => _users.GetValueOrDefault(email);

    /// <summary>Ends every session of a user, as an administrator of the project can.</summary>
    public void EndSessions(string email)
    {
        foreach (var (token, session) in _refresh)
        {
            if (session.Email == email)
                _refresh.TryRemove(token, out _);
        }
    }

    /// <summary>Ends everybody's sessions, forgets what was wrong, and answers as usual.</summary>
    public void Forget()
    {
        _refresh.Clear();
        Problems.Clear();
        Instead = null;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync();
        var bearer = http.Request.Headers.Authorization.ToString() is { Length: > 7 } header ? header["Bearer ".Length..] : null;
        Requests.Enqueue((http.Request.Method, http.Request.Path + http.Request.QueryString.Value, text, bearer));

        if (http.Request.Headers["apikey"] != Key)
            Problems.Enqueue("no apikey");
        if (http.Request.Headers["X-Supabase-Api-Version"] != "2024-01-01")
            Problems.Enqueue("no api version");
        if (bearer == Key)
            Problems.Enqueue("the publishable key was sent as Bearer");

        if (Instead is { } instead && await instead(http))
            return;

        var body = text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!.AsObject();
        var grant = http.Request.Query["grant_type"].ToString();
        var answer = (http.Request.Method, http.Request.Path.Value) switch
        {
            ("POST", "/auth/v1/signup") => SignUpAsync(http, body),
            ("POST", "/auth/v1/token") when grant == "password" => PasswordAsync(http, body),
            ("POST", "/auth/v1/token") when grant == "refresh_token" => RefreshAsync(http, body),
            ("POST", "/auth/v1/token") when grant == "pkce" => CodeAsync(http, body),
            ("POST", "/auth/v1/verify") => VerifyAsync(http, body),
            ("POST", "/auth/v1/recover") => RecoverAsync(http, body),
            ("POST", "/auth/v1/logout") => LogoutAsync(http, bearer),
            ("PUT", "/auth/v1/user") => UpdateAsync(http, bearer, body),
            _ => ErrorAsync(http, 404, "not_found"),
        };
        await answer;
    }

    private async Task SignUpAsync(HttpContext http, JsonObject body)
    {
        var (email, password) = (Text(body, "email"), Text(body, "password"));
        if (SignUpDisabled)
            await ErrorAsync(http, 422, "signup_disabled");
        else if (password.Length < 6 || password == "password")
            await WriteAsync(http, 422, new { code = "weak_password", message = "Password is known to be weak", weak_password = new { reasons = new[] { "pwned" } } });
        else if (_users.TryGetValue(email, out var existing) && existing.Confirmed)
        {
            if (AutoConfirm)
                await ErrorAsync(http, 422, "user_already_exists");
            else
                await WriteAsync(http, 200, UserJson(new FakeUser { Id = Guid.NewGuid(), Email = email, Password = "", Name = "" }, identities: false));
        }
        else
        {
            var user = new FakeUser
            {
                Id = existing?.Id ?? Guid.NewGuid(),
                Email = email,
                Password = password,
                Name = body["data"]?["full_name"]?.GetValue<string>() ?? "",
                Confirmed = AutoConfirm,
            };
            _users[email] = user;
            if (AutoConfirm)
            {
                await WriteAsync(http, 200, Session(user));
                return;
            }

            Mail(email, Text(body, "code_challenge"), "email");
            await WriteAsync(http, 200, UserJson(user));
        }
    }

    private async Task PasswordAsync(HttpContext http, JsonObject body)
    {
        if (!_users.TryGetValue(Text(body, "email"), out var user))
            await ErrorAsync(http, 400, "invalid_credentials");
        else if (user.Banned)
            await ErrorAsync(http, 400, "user_banned");
        else if (user.Password != Text(body, "password"))
            await ErrorAsync(http, 400, "invalid_credentials");
        else if (!user.Confirmed)
            await ErrorAsync(http, 400, "email_not_confirmed");
        else
            await WriteAsync(http, 200, Session(user));
    }

    private async Task RefreshAsync(HttpContext http, JsonObject body)
    {
        var token = Text(body, "refresh_token");
        if (_usedRefresh.TryGetValue(token, out var session))
        {
            // Reuse of an old token ends the whole family.
            foreach (var (live, of) in _refresh)
            {
                if (of.Session == session)
                    _refresh.TryRemove(live, out _);
            }

            await ErrorAsync(http, 400, "refresh_token_already_used");
        }
        else if (!_refresh.TryRemove(token, out var found))
            await ErrorAsync(http, 400, "refresh_token_not_found");
        else if (_users[found.Email].Banned)
            await ErrorAsync(http, 400, "user_banned");
        else
        {
            _usedRefresh[token] = found.Session;
            await WriteAsync(http, 200, Session(_users[found.Email], found.Session));
        }
    }

    private async Task CodeAsync(HttpContext http, JsonObject body)
    {
        if (!_codes.TryGetValue(Text(body, "auth_code"), out var flow))
            await ErrorAsync(http, 404, "flow_state_not_found");
        else if (Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Text(body, "code_verifier")))) != flow.Challenge)
            await ErrorAsync(http, 400, "bad_code_verifier");
        else
        {
            _codes.TryRemove(Text(body, "auth_code"), out _);
            _users[flow.Email].Confirmed = true;
            await WriteAsync(http, 200, Session(_users[flow.Email]));
        }
    }

    private async Task VerifyAsync(HttpContext http, JsonObject body)
    {
        if (!_tokenHashes.TryGetValue(Text(body, "token_hash"), out var link) || link.Type != Text(body, "type"))
        {
            await ErrorAsync(http, 403, "otp_expired");
            return;
        }

        _tokenHashes.TryRemove(Text(body, "token_hash"), out _);
        _users[link.Email].Confirmed = true;
        await WriteAsync(http, 200, Session(_users[link.Email]));
    }

    private async Task RecoverAsync(HttpContext http, JsonObject body)
    {
        if (_users.TryGetValue(Text(body, "email"), out var user))
        {
            if (user.Recovered)
            {
                await ErrorAsync(http, 429, "over_email_send_rate_limit");
                return;
            }

            user.Recovered = true;
            Mail(user.Email, Text(body, "code_challenge"), "recovery");
        }

        await WriteAsync(http, 200, new { });
    }

    private async Task LogoutAsync(HttpContext http, string? bearer)
    {
        if (bearer is null || !_access.TryGetValue(bearer, out var session))
        {
            await ErrorAsync(http, 403, "session_not_found");
            return;
        }

        var email = _refresh.Values.FirstOrDefault(of => of.Session == session).Email;
        var scope = http.Request.Query["scope"].ToString();
        foreach (var (token, of) in _refresh)
        {
            if (of.Email == email && (scope == "global" || (scope == "local" && of.Session == session) || (scope == "others" && of.Session != session)))
                _refresh.TryRemove(token, out _);
        }

        http.Response.StatusCode = 204;
    }

    private async Task UpdateAsync(HttpContext http, string? bearer, JsonObject body)
    {
        if (bearer is null || !_access.TryGetValue(bearer, out var session)
            || _refresh.Values.FirstOrDefault(of => of.Session == session).Email is not { } email)
        {
            await ErrorAsync(http, 403, "session_not_found");
            return;
        }

        var user = _users[email];
        if (Text(body, "password") == user.Password)
            await ErrorAsync(http, 422, "same_password");
        else if (Text(body, "password") == "password")
            await ErrorAsync(http, 422, "weak_password");
        else
        {
            user.Password = Text(body, "password");
            await WriteAsync(http, 200, UserJson(user));
        }
    }

    private void Mail(string email, string challenge, string type)
    {
        var (code, hash) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString("N"));
        _codes[code] = (email, challenge);
        _tokenHashes[hash] = (email, type);
        LastMail = (code, hash);
    }

    private object Session(FakeUser user, string? session = null)
    {
        session ??= Guid.NewGuid().ToString();
        var (access, refresh) = ("access-" + Guid.NewGuid(), Guid.NewGuid().ToString("N")[..12]);
        _access[access] = session;
        _refresh[refresh] = (user.Email, session);
        return new
        {
            access_token = access,
            token_type = "bearer",
            expires_in = 3600,
            expires_at = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600,
            refresh_token = refresh,
            user = UserJson(user),
        };
    }

    private static object UserJson(FakeUser user, bool identities = true) => new
    {
        id = user.Id,
        aud = "authenticated",
        role = "authenticated",
        email = user.Email,
        email_confirmed_at = user.Confirmed ? "2026-01-01T00:00:00Z" : null,
        app_metadata = new { provider = "email" },
        user_metadata = new { full_name = user.Name },
        identities = identities ? new[] { new { provider = "email" } } : [],
        created_at = "2026-01-01T00:00:00Z",
        updated_at = "2026-01-01T00:00:00Z",
        is_anonymous = false,
    };

    private static string Text(JsonObject body, string name) => body[name]?.GetValue<string>() ?? "";

    public static Task ErrorAsync(HttpContext http, int status, string code) =>
        WriteAsync(http, status, new { code, message = "for logs only" });

    private static Task WriteAsync(HttpContext http, int status, object body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(JsonSerializer.Serialize(body));
    }

    internal sealed class FakeUser
    {
        public required Guid Id { get; init; }
        public required string Email { get; init; }
        public required string Password { get; set; }
        public required string Name { get; init; }
        public bool Confirmed { get; set; }
        public bool Banned { get; set; }
        public bool Recovered { get; set; }
    }
}
