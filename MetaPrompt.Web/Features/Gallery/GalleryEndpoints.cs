using System.Diagnostics.CodeAnalysis;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OutputCaching;
using Npgsql;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>The gallery's forms: plain posts that answer with a redirect, or with 204 to a script that asks for JSON.</summary>
public static class GalleryEndpoints
{
    private const int MaxSuggestions = 8;

    /// <summary>Registers what the gallery's pages need.</summary>
    public static void AddGallery(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<GalleryQueries>();
        builder.Services.AddSingleton<FavoriteQueries>();
        builder.Services.AddSingleton<TemplateContextQueries>();
        builder.Services.AddSingleton<TemplateVersionQueries>();
        builder.Services.AddSingleton<CounterQueries>();
        builder.Services.AddHostedService<CounterFolding>();
    }

    /// <summary>Maps the gallery's forms, which need a signed-in person and their page's antiforgery token, and what its script asks for.</summary>
    public static void MapGallery(this WebApplication app)
    {
        app.MapGet("/templates/suggest", SuggestAsync).CacheOutput(policy => policy.AddPolicy<SharedAnswers>(), excludeDefaultPolicy: true);
        app.MapGet("/templates/{id:guid}/counts", CountsAsync);
        app.MapPost("/templates/{id:guid}/favorite", FavoriteAsync).RequireAuthorization();
        app.MapPost("/templates/{id:guid}/use", UseAsync).RequireAuthorization();
        app.MapPost("/templates/{id:guid}/test", TestAsync).RequireAuthorization();
        app.MapPost("/templates/{id:guid}/versions/{number:int}/remove", RemoveVersionAsync).RequireAuthorization();
    }

    private static async Task<JsonHttpResult<IEnumerable<SuggestedLine>>> SuggestAsync(
        HttpContext context, string? q, GalleryQueries gallery, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "public, max-age=60";
        var typed = q?.Trim() ?? "";
        var found = typed.Length is 0 or > 100 ? [] : await gallery.SuggestAsync(Data.Caller.Anonymous, typed, MaxSuggestions, cancellationToken);
        return TypedResults.Json(found.Select(SuggestedLine.Of));
    }

    private static async Task<Results<JsonHttpResult<TemplateCounts>, NotFound, UnauthorizedHttpResult>> CountsAsync(
        HttpContext context, Guid id, TemplateContextQueries contexts, CancellationToken cancellationToken)
    {
        // A visitor's page does not ask; one that was left open after signing out stops asking.
        if (context.User.UserId() is null)
            return TypedResults.Unauthorized();
        context.Response.Headers.CacheControl = "no-store";
        return await contexts.CountsAsync(context.User.Caller(), id, cancellationToken) is { } counts
            ? TypedResults.Json(counts)
            : TypedResults.NotFound();
    }

    private static async Task<Results<JsonHttpResult<TemplateCounts>, RedirectHttpResult, NotFound>> FavoriteAsync(
        HttpContext context, Guid id, [FromForm] bool favorite, [FromForm] string? returnUrl, FavoriteQueries favorites,
        TemplateContextQueries contexts, CancellationToken cancellationToken)
    {
        try
        {
            await favorites.SetAsync(context.User.Caller(), id, favorite, cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ForeignKeyViolation)
        {
            return TypedResults.NotFound();
        }

        if (!context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.Ordinal))
            return TypedResults.LocalRedirect(LocalUrl.IsLocal(returnUrl) ? returnUrl! : GalleryUrl.Template(id));
        return await contexts.CountsAsync(context.User.Caller(), id, cancellationToken) is { } counts
            ? TypedResults.Json(counts)
            : TypedResults.NotFound();
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> UseAsync(
        HttpContext context, Guid id, [FromForm] int? version, GalleryQueries gallery, TemplateVersionQueries versions, CancellationToken cancellationToken) =>
        await CopiedAsync(
            version is { } number
                ? versions.UseAsync(context.User.Caller(), id, number, cancellationToken)
                : gallery.UseAsync(context.User.Caller(), id, cancellationToken),
            "");

    // The parameter binds the form and with it the antiforgery check.
    [SuppressMessage("Style", "IDE0060", Justification = "Binding the form is what asks for the antiforgery token.")]
    private static async Task<Results<RedirectHttpResult, NotFound>> TestAsync(
        HttpContext context, Guid id, [FromForm] string? returnUrl, TemplateContextQueries contexts, CancellationToken cancellationToken) =>
        await CopiedAsync(contexts.CopyToTestAsync(context.User.Caller(), id, cancellationToken), "/test");

    private static async Task<Results<RedirectHttpResult, NotFound>> CopiedAsync(Task<Guid> copying, string page)
    {
        try
        {
            return TypedResults.LocalRedirect($"/prompts/{await copying}{page}");
        }
        catch (PostgresException missing) when (missing.SqlState == "P0002")
        {
            return TypedResults.NotFound();
        }
    }

    [SuppressMessage("Style", "IDE0060", Justification = "Binding the form is what asks for the antiforgery token.")]
    private static async Task<Results<RedirectHttpResult, NotFound>> RemoveVersionAsync(
        HttpContext context, Guid id, int number, [FromForm] string? returnUrl, TemplateVersionQueries versions, GalleryChanged changed,
        CancellationToken cancellationToken)
    {
        if (!await versions.RemoveAsync(context.User.Caller(), id, number, cancellationToken))
            return TypedResults.NotFound();
        await changed.TellAsync(cancellationToken);
        return TypedResults.LocalRedirect(GalleryUrl.Template(id));
    }

    // Kept for a minute and for everybody, whoever asks: the answer depends on the text that was typed, and on nothing else.
    private sealed class SharedAnswers : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            context.EnableOutputCaching = context.AllowCacheLookup = context.AllowCacheStorage = context.AllowLocking = true;
            context.ResponseExpirationTimeSpan = TimeSpan.FromMinutes(1);
            context.CacheVaryByRules.QueryKeys = "q";
            // Few values, so that a client's creative Accept-Encoding does not fill the cache.
            var accepted = context.HttpContext.Request.Headers.AcceptEncoding.ToString();
            context.CacheVaryByRules.VaryByValues["encoding"] = accepted.Contains("br", StringComparison.OrdinalIgnoreCase) ? "br"
                : accepted.Contains("gzip", StringComparison.OrdinalIgnoreCase) ? "gzip" : "none";
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            context.AllowCacheStorage &= context.HttpContext.Response is { StatusCode: StatusCodes.Status200OK, Headers.SetCookie.Count: 0 };
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A line below the search box, with where it leads.</summary>
public sealed record SuggestedLine
{
    public required string Text { get; init; }

    /// <summary><c>title</c>, <c>tag</c> or <c>category</c>.</summary>
    public required string Kind { get; init; }

    public required string Url { get; init; }

    /// <summary>Of a tag or category: how many templates have it.</summary>
    public long? Count { get; init; }

    internal static SuggestedLine Of(Suggestion found) => new()
    {
        Text = found.Text,
        Kind = found.Kind,
        Count = found.Count,
        Url = found switch
        {
            { TemplateId: { } id } => GalleryUrl.Template(id),
            { Kind: "category" } => GalleryUrl.List(category: found.Text),
            _ => GalleryUrl.List(tag: found.Text),
        },
    };
}
