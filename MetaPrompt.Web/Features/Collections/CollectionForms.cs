using MetaPrompt.Data.Collections;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>The forms that make, change, share and delete a collection: posts that answer with a redirect.</summary>
internal static class CollectionForms
{
    private static readonly (string Name, string? Value)[] Unsaid =
        [("problem", null), ("name", null), ("description", null), ("saved", null), ("deleted", null), ("removed", null), ("at", null), ("note", null)];

    /// <summary>Maps them. All need a signed-in person and the page's antiforgery token.</summary>
    public static void MapCollectionForms(this WebApplication app)
    {
        var collections = app.MapGroup(CollectionUrl.List).RequireAuthorization();
        collections.MapPost("/new", CreateAsync);
        collections.MapPost("/{id:guid}/change", ChangeAsync);
        collections.MapPost("/{id:guid}/share", ShareAsync);
        collections.MapPost("/{id:guid}/delete", DeleteAsync);
        collections.MapPost("/{id:guid}/restore", RestoreAsync);
    }

    /// <summary>Back to a page with something to say there.</summary>
    internal static RedirectHttpResult Back(string? back, string fallback, params (string Name, string? Value)[] said) =>
        TypedResults.LocalRedirect(BackUrl.With(back, fallback, [.. Unsaid, .. said]));

    private static async Task<RedirectHttpResult> CreateAsync(
        HttpContext context, [FromForm] string? name, [FromForm] string? description, [FromForm] bool? shared, CollectionQueries collections,
        CancellationToken cancellationToken)
    {
        var (clean, text) = (CollectionUrl.CleanName(name), CollectionUrl.Clean(description, 500));
        try
        {
            var id = await collections.CreateAsync(context.User.Caller(), clean, text, shared == true, cancellationToken);
            return TypedResults.LocalRedirect(CollectionUrl.Page(id));
        }
        catch (PostgresException refused) when (CollectionProblem.Of(refused) is { } problem)
        {
            return Back(CollectionUrl.List, CollectionUrl.List, ("problem", problem), ("name", clean), ("description", text.Length > 0 ? text : null));
        }
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> ChangeAsync(
        HttpContext context, Guid id, [FromForm] string? name, [FromForm] string? description, CollectionQueries collections,
        CancellationToken cancellationToken)
    {
        try
        {
            return await collections.ChangeAsync(
                context.User.Caller(), id, CollectionUrl.CleanName(name), CollectionUrl.Clean(description, 500), cancellationToken)
                ? Back(CollectionUrl.Page(id), CollectionUrl.List, ("saved", "details"))
                : TypedResults.NotFound();
        }
        catch (PostgresException refused) when (CollectionProblem.Of(refused) is { } problem)
        {
            return Back(CollectionUrl.Page(id), CollectionUrl.List, ("problem", problem));
        }
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> ShareAsync(
        HttpContext context, Guid id, [FromForm] bool shared, CollectionQueries collections, CancellationToken cancellationToken) =>
        await collections.ShareAsync(context.User.Caller(), id, shared, cancellationToken)
            ? Back(CollectionUrl.Page(id), CollectionUrl.List, ("saved", shared ? "shared" : "private"))
            : TypedResults.NotFound();

    private static async Task<RedirectHttpResult> DeleteAsync(
        HttpContext context, Guid id, [FromForm] string? back, CollectionQueries collections, CancellationToken cancellationToken)
    {
        // From its own page there is nothing to go back to; a second press finds it deleted already, which is as wanted.
        _ = back;
        await collections.DeleteAsync(context.User.Caller(), id, deleted: true, cancellationToken);
        return Back(CollectionUrl.List, CollectionUrl.List, ("deleted", id.ToString()));
    }

    private static async Task<RedirectHttpResult> RestoreAsync(
        HttpContext context, Guid id, [FromForm] string? back, CollectionQueries collections, CancellationToken cancellationToken)
    {
        try
        {
            var restored = await collections.DeleteAsync(context.User.Caller(), id, deleted: false, cancellationToken);
            return Back(back, CollectionUrl.List, ("saved", restored ? "restored" : null));
        }
        catch (PostgresException refused) when (CollectionProblem.Of(refused) is { } problem)
        {
            return Back(back, CollectionUrl.List, ("problem", problem), ("deleted", id.ToString()));
        }
    }
}
