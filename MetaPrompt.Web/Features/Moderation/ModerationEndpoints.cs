using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Moderation;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace MetaPrompt.Web.Features.Moderation;

/// <summary>The moderators' forms: plain posts that answer with a redirect. Not found for everybody else.</summary>
public static class ModerationEndpoints
{
    private const int MostAtOnce = 100;

    /// <summary>Maps <c>POST /moderation/decide</c> and <c>POST /moderation/undo</c>; both need the page's antiforgery token.</summary>
    public static void MapModeration(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapPost("/moderation/decide", DecideAsync);
        app.MapPost("/moderation/undo", UndoAsync);
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> DecideAsync(
        HttpContext context, IFormCollection form, ModerationQueries moderation, GalleryChanged gallery, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        if (!await moderation.MayAsync(caller, cancellationToken))
            return TypedResults.NotFound();
        var (action, reason) = (form["action"].ToString(), CleanText.Of(form["reason"]).Trim());
        var back = form["show"] == "hidden" ? ModerationUrl.Hidden : ModerationUrl.Queue;
        var templates = form["template"].Select(text => Guid.TryParse(text, out var id) ? id : (Guid?)null).OfType<Guid>().Distinct().Take(MostAtOnce).ToArray();
        if (templates.Length == 0)
            return TypedResults.LocalRedirect(With(back, "problem=none"));
        if (reason.Length > ModerationWords.MaxDetails)
            return TypedResults.LocalRedirect(With(back, "problem=long"));
        if (action == "hide" && reason.Length == 0)
            return TypedResults.LocalRedirect(With(back, "problem=reason"));

        var lines = new List<long>();
        foreach (var template in templates)
        {
            if (await OneAsync(moderation, caller, action, template, reason, cancellationToken) is { } line)
                lines.Add(line);
        }

        await gallery.TellAsync(CancellationToken.None);
        return TypedResults.LocalRedirect(With(back, Told(action, lines)));
    }

    private static async Task<long?> OneAsync(
        ModerationQueries moderation, Caller caller, string action, Guid template, string reason, CancellationToken cancellationToken)
    {
        try
        {
            return action switch
            {
                "hide" => await moderation.HideAsync(caller, template, reason, cancellationToken),
                "dismiss" => await moderation.DismissAsync(caller, template, reason, cancellationToken),
                "restore" => await moderation.RestoreAsync(caller, template, reason, cancellationToken),
                _ => null,
            };
        }
        catch (PostgresException gone) when (gone.SqlState == "P0002")
        {
            // Its author deleted it while it was looked at: nothing is left to decide.
            return null;
        }
    }

    private static async Task<Results<RedirectHttpResult, NotFound>> UndoAsync(
        HttpContext context, IFormCollection form, ModerationQueries moderation, GalleryChanged gallery, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        if (!await moderation.MayAsync(caller, cancellationToken))
            return TypedResults.NotFound();
        var undone = new List<long>();
        foreach (var text in form["line"].Take(MostAtOnce))
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                && await moderation.UndoAsync(caller, line, cancellationToken) is { } added)
            {
                undone.Add(added);
            }
        }

        await gallery.TellAsync(CancellationToken.None);
        return TypedResults.LocalRedirect(With(form["show"] == "hidden" ? ModerationUrl.Hidden : ModerationUrl.Queue, Told("undo", undone)));
    }

    private static string Told(string action, List<long> lines) =>
        $"did={Uri.EscapeDataString(action)}&lines={string.Join('-', lines.Select(line => line.ToString(CultureInfo.InvariantCulture)))}";

    private static string With(string url, string query) => url + (url.Contains('?', StringComparison.Ordinal) ? '&' : '?') + query;
}
