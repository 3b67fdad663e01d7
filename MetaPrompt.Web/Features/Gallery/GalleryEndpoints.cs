using System.Diagnostics.CodeAnalysis;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>The gallery's forms: plain posts that answer with a redirect, or with 204 to a script that asks for JSON.</summary>
public static class GalleryEndpoints
{
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
        app.MapGet("/templates/{id:guid}/counts", CountsAsync);
        app.MapPost("/templates/{id:guid}/favorite", FavoriteAsync).RequireAuthorization();
        app.MapPost("/templates/{id:guid}/use", UseAsync).RequireAuthorization();
        app.MapPost("/templates/{id:guid}/test", TestAsync).RequireAuthorization();
        app.MapPost("/templates/{id:guid}/versions/{number:int}/remove", RemoveVersionAsync).RequireAuthorization();
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
}
