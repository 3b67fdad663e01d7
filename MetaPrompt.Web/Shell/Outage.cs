using System.Globalization;
using System.Text;
using MetaPrompt.Data.Database;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Shell;

/// <summary>
/// Answers a request that fails because the database is away, busy, full or too slow: 503, when to come back, and in plain
/// words what the matter is. The answer is written here whole, without a page, because pages ask the database.
/// </summary>
public sealed partial class Outage(RequestDelegate next, ILogger<Outage> log)
{
    private const int RetrySeconds = 5;

    /// <summary>Goes on, and answers in the place of what failed. Other failures pass.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await next(context);
        }
        catch (Exception failure) when (DatabaseTrouble.Of(failure) is not null && !context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested)
                return;
            LogFailed(failure, context.Request.Method, context.Request.Path);
            await WriteAsync(context, failure);
        }
    }

    private static async Task WriteAsync(HttpContext context, Exception failure)
    {
        var response = context.Response;
        foreach (var of in new[] { "Content-Encoding", "Content-Length", "Content-Disposition", "ETag", "Location", "Set-Cookie" })
            response.Headers.Remove(of);
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        var why = Failures.Reason(failure);
        if (context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.Ordinal))
        {
            await response.WriteAsJsonAsync(new { error = why + ". Try again in a moment." }, CancellationToken.None);
            return;
        }

        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        response.ContentType = "text/html; charset=utf-8";
        var page = Encoding.UTF8.GetBytes(Page(why, isRead, ThemeCookie.Read(context)));
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(page, CancellationToken.None);
    }

    // A page that was only asked for comes back by itself (site.js); what was sent is not sent again.
    private static string Page(string why, bool isRead, string? theme) =>
        $"""
        <!DOCTYPE html>
        <html lang="en"{(theme is null ? "" : $" data-theme=\"{theme}\"")}>
        <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Back in a moment · MetaPrompt</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/app.css" />
        <script src="/site.js" defer></script>
        </head>
        <body>
        <main id="main">
        <div class="wrap narrow"><div class="empty" role="status">
        <h1>Back in a moment</h1>
        <p>{why}, so this {(isRead ? "page cannot be shown" : "could not be done")}. Nothing you saved is lost.</p>
        {(isRead
            ? """<p data-comes-back data-script-only hidden>It is tried again by itself every few seconds.</p><a class="btn btn-primary" href="">Try again</a>"""
            : "<p>Go back: what you typed is still there. Look whether it was done, and send it again if not.</p>")}
        </div></div>
        </main>
        </body>
        </html>
        """;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} was answered with 503: the database.")]
    private partial void LogFailed(Exception failure, string method, PathString path);
}
