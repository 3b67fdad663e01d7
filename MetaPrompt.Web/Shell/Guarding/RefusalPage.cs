using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// What a refused request is told. Written by hand and not rendered by Blazor: a refusal has to cost less than what it refuses.
/// </summary>
internal static class RefusalPage
{
    /// <summary>Too many of a kind; they may go on after the wait.</summary>
    public static Task TooManyAsync(HttpContext context, TimeSpan wait)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var when = seconds == 1 ? "in a second" : $"in {seconds} seconds";
        var isForm = !HttpMethods.IsGet(context.Request.Method);
        return WriteAsync(
            context, StatusCodes.Status429TooManyRequests, "That was a lot at once",
            $"More came from your network address than this site takes in a minute. Try again {when}"
            + (isForm ? ": go back, and what you typed is still there." : "."));
    }

    /// <summary>The body is larger than this address takes.</summary>
    public static Task TooLargeAsync(HttpContext context, long limit) => WriteAsync(
        context, StatusCodes.Status413PayloadTooLarge, "That is too large to send",
        $"At most {limit / 1024:N0} KB can be sent here at once. Go back, send less or a smaller file; what you typed is still there.");

    /// <summary>No room for another interactive page.</summary>
    /// <param name="context">The request for one.</param>
    /// <param name="atAddress">Whether it is this client address that has too many, rather than the site.</param>
    public static Task NoRoomAsync(HttpContext context, bool atAddress)
    {
        context.Response.Headers.RetryAfter = "30";
        return atAddress
            ? WriteAsync(context, StatusCodes.Status429TooManyRequests, "Too many open pages",
                "Too many pages of this site are open at your network address. Close some of their tabs, then reload this page.")
            : WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many visitors just now",
                "So many people are here just now that this page cannot react yet. Reload it in a minute; nothing you saved is lost.");
    }

    private static async Task WriteAsync(HttpContext context, int status, string title, string text)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            response.ContentType = "application/json; charset=utf-8";
            await JsonSerializer.SerializeAsync(response.Body, new { title, detail = text }, JsonSerializerOptions.Web, context.RequestAborted);
            return;
        }

        response.ContentType = "text/html; charset=utf-8";
        var html = HtmlEncoder.Default;
        await response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="en"{(ThemeCookie.Read(context) is { } theme ? $" data-theme=\"{theme}\"" : "")}>
            <head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="robots" content="noindex" />
            <title>{html.Encode(title)} · MetaPrompt</title><link rel="stylesheet" href="/app.css" /><link rel="icon" href="/favicon.svg" type="image/svg+xml" /></head>
            <body><main id="main"><div class="wrap narrow"><div class="empty"><h1>{html.Encode(title)}</h1><p>{html.Encode(text)}</p>
            <div class="row"><a class="btn btn-primary" href="/">To the front page</a></div></div></div></main></body>
            </html>
            """, context.RequestAborted);
    }
}
