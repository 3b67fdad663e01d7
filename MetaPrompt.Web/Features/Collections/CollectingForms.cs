using System.Globalization;
using MetaPrompt.Data.Collections;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace MetaPrompt.Web.Features.Collections;

/// <summary>The forms that put templates into collections, take them out, note and order them.</summary>
internal static class CollectingForms
{
    /// <summary>Maps them. All need a signed-in person and the page's antiforgery token.</summary>
    public static void MapCollectingForms(this WebApplication app)
    {
        var collections = app.MapGroup(CollectionUrl.List).RequireAuthorization();
        collections.MapPost("/add/{templateId:guid}", ChooseAsync);
        var template = collections.MapGroup("/{id:guid}/templates/{templateId:guid}");
        template.MapPost("/up", (HttpContext context, Guid id, Guid templateId, [FromForm] string? back, CollectingQueries collecting, CancellationToken stop) =>
            MoveAsync(context, id, templateId, back, up: true, collecting, stop));
        template.MapPost("/down", (HttpContext context, Guid id, Guid templateId, [FromForm] string? back, CollectingQueries collecting, CancellationToken stop) =>
            MoveAsync(context, id, templateId, back, up: false, collecting, stop));
        template.MapPost("/remove", RemoveAsync);
        template.MapPost("/return", ReturnAsync);
        template.MapPost("/note", NoteAsync);
    }

    private static async Task<RedirectHttpResult> ChooseAsync(
        HttpContext context, Guid templateId, [FromForm] Guid[]? chosen, [FromForm] Guid[]? offered, [FromForm] string? name,
        CollectingQueries collecting, CancellationToken cancellationToken)
    {
        var page = CollectionUrl.Add(templateId);
        var newName = CollectionUrl.CleanName(name);
        try
        {
            var count = await collecting.ChooseAsync(context.User.Caller(), new Collecting
            {
                TemplateId = templateId, Chosen = chosen ?? [], Offered = offered ?? [], NewName = newName,
            }, cancellationToken);
            return CollectionForms.Back(page, page, ("saved", count.ToString(CultureInfo.InvariantCulture)));
        }
        catch (PostgresException refused) when (CollectionProblem.Of(refused) is { } problem)
        {
            return CollectionForms.Back(page, page, ("problem", problem), ("name", newName.Length > 0 ? newName : null));
        }
    }

    private static async Task<RedirectHttpResult> MoveAsync(
        HttpContext context, Guid id, Guid templateId, string? back, bool up, CollectingQueries collecting, CancellationToken cancellationToken)
    {
        await collecting.MoveAsync(context.User.Caller(), id, templateId, up, cancellationToken);
        return CollectionForms.Back(back, CollectionUrl.Page(id));
    }

    private static async Task<RedirectHttpResult> RemoveAsync(
        HttpContext context, Guid id, Guid templateId, [FromForm] string? back, CollectingQueries collecting, CancellationToken cancellationToken)
    {
        var removed = await collecting.RemoveAsync(context.User.Caller(), id, templateId, cancellationToken);
        return removed is null
            ? CollectionForms.Back(back, CollectionUrl.Page(id))
            : CollectionForms.Back(back, CollectionUrl.Page(id), ("removed", templateId.ToString()),
                ("at", removed.Position.ToString(CultureInfo.InvariantCulture)), ("note", removed.Note.Length > 0 ? removed.Note : null));
    }

    private static async Task<RedirectHttpResult> ReturnAsync(
        HttpContext context, Guid id, Guid templateId, [FromForm] string? back, [FromForm(Name = "removed_at")] int? at,
        [FromForm(Name = "removed_note")] string? note, CollectingQueries collecting, CancellationToken cancellationToken)
    {
        try
        {
            await collecting.ReturnAsync(context.User.Caller(), id, new RemovedTemplate
            {
                TemplateId = templateId, Position = at ?? int.MaxValue, Note = CollectionUrl.Clean(note, 300),
            }, cancellationToken);
            return CollectionForms.Back(back, CollectionUrl.Page(id), ("saved", "returned"));
        }
        catch (PostgresException refused) when (CollectionProblem.Of(refused) is { } problem)
        {
            return CollectionForms.Back(back, CollectionUrl.Page(id), ("problem", problem));
        }
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> NoteAsync(
        HttpContext context, Guid id, Guid templateId, [FromForm] string? back, [FromForm] string? text, CollectingQueries collecting,
        CancellationToken cancellationToken) =>
        await collecting.NoteAsync(context.User.Caller(), id, templateId, CollectionUrl.Clean(text, 300), cancellationToken)
            ? CollectionForms.Back(back, CollectionUrl.Page(id), ("saved", "note"))
            : TypedResults.NotFound();
}
