using System.Globalization;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace MetaPrompt.Web.Features.Gallery;

/// <summary>The forms of the list of favorites; each leads back to it, with what it has to say.</summary>
public static class FavoriteEndpoints
{
    /// <summary>Maps them. All need a signed-in person and the page's antiforgery token.</summary>
    public static void MapFavorites(this WebApplication app)
    {
        var favorites = app.MapGroup("/favorites").RequireAuthorization();
        favorites.MapPost("/{id:guid}/remove", RemoveAsync);
        favorites.MapPost("/{id:guid}/restore", RestoreAsync);
        favorites.MapPost("/remove-gone", RemoveGoneAsync);
    }

    private static async Task<RedirectHttpResult> RemoveAsync(
        HttpContext context, Guid id, [FromForm] string? back, FavoriteQueries favorites, CancellationToken cancellationToken)
    {
        await favorites.SetAsync(context.User.Caller(), id, favorite: false, cancellationToken);
        return Back(back, ("removed", id.ToString()));
    }

    private static async Task<RedirectHttpResult> RestoreAsync(
        HttpContext context, Guid id, [FromForm] string? back, FavoriteQueries favorites, CancellationToken cancellationToken)
    {
        try
        {
            await favorites.SetAsync(context.User.Caller(), id, favorite: true, cancellationToken);
            return Back(back, ("restored", id.ToString()));
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ForeignKeyViolation)
        {
            return Back(back, ("problem", "gone"));
        }
    }

    private static async Task<RedirectHttpResult> RemoveGoneAsync(
        HttpContext context, [FromForm] string? back, FavoriteQueries favorites, CancellationToken cancellationToken)
    {
        var removed = await favorites.RemoveGoneAsync(context.User.Caller(), cancellationToken);
        return Back(back, ("cleared", removed.ToString(CultureInfo.InvariantCulture)));
    }

    private static RedirectHttpResult Back(string? back, (string Name, string? Value) said) =>
        TypedResults.LocalRedirect(BackUrl.With(back, "/favorites", ("removed", null), ("restored", null), ("cleared", null), ("problem", null), said));
}
