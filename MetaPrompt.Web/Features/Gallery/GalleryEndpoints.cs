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
        builder.Services.AddSingleton<CounterQueries>();
        builder.Services.AddHostedService<CounterFolding>();
    }

    /// <summary>Maps the forms of the template page. Both need a signed-in person and the page's antiforgery token.</summary>
    public static void MapGallery(this WebApplication app)
    {
        app.MapPost("/templates/{id:guid}/favorite", FavoriteAsync).RequireAuthorization();
        app.MapPost("/templates/{id:guid}/use", UseAsync).RequireAuthorization();
    }

    private static async Task<Results<NoContent, RedirectHttpResult, NotFound>> FavoriteAsync(
        HttpContext context, Guid id, [FromForm] bool favorite, FavoriteQueries favorites, CancellationToken cancellationToken)
    {
        try
        {
            await favorites.SetAsync(context.User.Caller(), id, favorite, cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ForeignKeyViolation)
        {
            return TypedResults.NotFound();
        }

        return context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.Ordinal)
            ? TypedResults.NoContent()
            : TypedResults.LocalRedirect(GalleryUrl.Template(id));
    }

    // The parameter binds the form and with it the antiforgery check.
    [SuppressMessage("Style", "IDE0060", Justification = "Binding the form is what asks for the antiforgery token.")]
    private static async Task<Results<RedirectHttpResult, NotFound>> UseAsync(
        HttpContext context, Guid id, [FromForm] string? unused, GalleryQueries gallery, CancellationToken cancellationToken)
    {
        try
        {
            var copy = await gallery.UseAsync(context.User.Caller(), id, cancellationToken);
            return TypedResults.LocalRedirect($"/prompts/{copy}");
        }
        catch (PostgresException missing) when (missing.SqlState == "P0002")
        {
            return TypedResults.NotFound();
        }
    }
}
