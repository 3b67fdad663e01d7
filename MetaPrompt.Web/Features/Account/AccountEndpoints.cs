using System.Globalization;
using System.Text.Json;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Net.Http.Headers;

namespace MetaPrompt.Web.Features.Account;

/// <summary>What of accounts is no page: signing out, the download of one's data, pictures.</summary>
public static class AccountEndpoints
{
    /// <summary>
    /// Maps <c>POST /logout</c> (a form with an antiforgery token), <c>GET /account/export</c> and
    /// <c>GET /avatars/{userId}</c>. Wants <c>UseAuthentication</c>, <c>UseAuthorization</c> and <c>UseAntiforgery</c> before.
    /// </summary>
    public static void MapAccounts(this WebApplication app)
    {
        app.MapPost("/logout", SignOutAsync);
        app.MapGet("/account/export", ExportAsync).RequireAuthorization();
        app.MapGet("/avatars/{userId:guid}", AvatarAsync);
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, IAntiforgery antiforgery, SessionCookie cookie, CancellationToken cancellationToken)
    {
        // Nobody else's page may sign people out. A form whose session is over already has nothing left to protect: it is
        // simply signed out, where an error would only puzzle.
        if (http.User.Identity?.IsAuthenticated == true && !await antiforgery.IsRequestValidAsync(http).ConfigureAwait(false))
            return Results.Text("This form is too old, or not from this site. Go back, reload the page and try again.", statusCode: StatusCodes.Status400BadRequest);

        await cookie.CloseAsync(http, cancellationToken).ConfigureAwait(false);
        return Results.LocalRedirect("/");
    }

    private static async Task ExportAsync(HttpContext http, AccountQueries accounts, TimeProvider time, CancellationToken cancellationToken)
    {
        var userId = http.User.UserId()!.Value;
        var now = time.GetUtcNow();
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentDisposition =
            $"attachment; filename=\"metaprompt-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.json\"";

        await using var json = new Utf8JsonWriter(http.Response.BodyWriter, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("format", "metaprompt.account/1");
        json.WriteString("exported_at", now);
        foreach (var section in AccountQueries.Sections)
        {
            json.WriteStartArray(section);
            await foreach (var row in accounts.ExportAsync(userId, section, cancellationToken).ConfigureAwait(false))
            {
                json.WriteRawValue(row);
                if (json.BytesPending > 64 * 1024)
                    await json.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IResult> AvatarAsync(
        Guid userId, HttpContext http, AvatarQueries avatars, CancellationToken cancellationToken)
    {
        var known = http.Request.GetTypedHeaders().IfNoneMatch.FirstOrDefault()?.Tag.Value?.Trim('"');
        var avatar = await avatars.FindAsync(http.User.Caller(), userId, known, cancellationToken).ConfigureAwait(false);

        // What people uploaded is shown as a picture and as nothing else, even to whoever opens it by itself.
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (avatar is null)
            return Results.NotFound();

        // Private: who may see it depends on who asks. With ?v= the address changes with the picture.
        headers.CacheControl = http.Request.Query.ContainsKey("v") ? "private, max-age=86400" : "private, no-cache";
        var etag = new EntityTagHeaderValue($"\"{avatar.Etag}\"");
        headers.ETag = etag.ToString();
        return avatar.Image is null
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Bytes(avatar.Image, avatar.MediaType, entityTag: etag);
    }
}
