using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>The forms that follow an author, stop it, and say that everything was seen.</summary>
internal static class FollowForms
{
    /// <summary>Maps them. All need a signed-in person and the page's antiforgery token.</summary>
    public static void MapFollowForms(this WebApplication app)
    {
        app.MapPost("/authors/{id:guid}/follow", FollowAsync).RequireAuthorization();
        app.MapPost("/following/{id:guid}/unfollow", (HttpContext context, Guid id, [FromForm] string? back, FollowQueries follows, CancellationToken stop) =>
            FollowAsync(context, id, follow: false, back, follows, stop)).RequireAuthorization();
        app.MapPost("/following/{id:guid}/follow", (HttpContext context, Guid id, [FromForm] string? back, FollowQueries follows, CancellationToken stop) =>
            FollowAsync(context, id, follow: true, back, follows, stop)).RequireAuthorization();
        app.MapPost("/following/seen", SeenAsync).RequireAuthorization();
    }

    private static async Task<RedirectHttpResult> FollowAsync(
        HttpContext context, Guid id, [FromForm] bool follow, [FromForm] string? back, FollowQueries follows, CancellationToken cancellationToken)
    {
        try
        {
            await follows.SetAsync(context.User.Caller(), id, follow, cancellationToken);
            return Back(back, id, ("unfollowed", follow ? null : id.ToString()));
        }
        catch (PostgresException refused) when (CollectionProblem.Of(refused) is { } problem)
        {
            return Back(back, id, ("problem", problem));
        }
    }

    private static async Task<RedirectHttpResult> SeenAsync(
        HttpContext context, [FromForm] string? back, FollowQueries follows, CancellationToken cancellationToken)
    {
        await follows.VisitAsync(context.User.Caller(), allSeen: true, cancellationToken);
        return TypedResults.LocalRedirect(BackUrl.With(back, "/following", ("unfollowed", null), ("problem", null)));
    }

    // An author's page says by its button what was done; the list says it in words, with a way back.
    private static RedirectHttpResult Back(string? back, Guid id, (string Name, string? Value) said)
    {
        var fromList = back?.StartsWith("/following", StringComparison.Ordinal) == true;
        return TypedResults.LocalRedirect(BackUrl.With(back, $"/authors/{id}", ("unfollowed", null), ("problem", null),
            fromList || said.Name == "problem" ? said : (said.Name, null)));
    }
}
