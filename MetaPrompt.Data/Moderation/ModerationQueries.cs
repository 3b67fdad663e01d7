using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Moderation;

/// <summary>What administrators read and decide. Everybody else is refused with 42501 by every method but <see cref="MayAsync"/>.</summary>
public sealed class ModerationQueries(Db db)
{
    private const string May =
        """
        -- moderation.may
        select public.is_administrator()
        """;

    private const string Count =
        """
        -- moderation.count
        select public.moderation_count()
        """;

    private const string Items =
        """
        -- moderation.items
        select template_id, title, goal, template, category, tags, visibility, author_id, author_name, likes_count, hidden_at,
          hidden_reason, review_requested_at, review_note, review_open, reports as reports_count, first_reported_at,
          reports_json::text as reports_text, history_json::text as history_text
        from public.moderation_items(@Hidden, @BeforeAt, @BeforeId, @Size)
        """;

    private const string Hide =
        """
        -- moderation.hide
        select public.hide_template(@TemplateId, @Reason)
        """;

    private const string Dismiss =
        """
        -- moderation.dismiss
        select public.dismiss_reports(@TemplateId, @Reason)
        """;

    private const string Restore =
        """
        -- moderation.restore
        select public.restore_template(@TemplateId, @Reason)
        """;

    private const string Undo =
        """
        -- moderation.undo
        select public.undo_moderation(@LogId)
        """;

    private const string Log =
        """
        -- moderation.log
        select id, happened_at, actor_id, actor_name, action, template_id, title, reason, undone
        from public.read_moderation_log(@Action, @ActorId, @TemplateId, @BeforeId, @Size)
        """;

    /// <summary>Whether the caller is an administrator.</summary>
    public Task<bool> MayAsync(Caller caller, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(caller, May, null, cancellationToken);

    /// <summary>How many templates wait for a decision.</summary>
    public Task<int> CountAsync(Caller caller, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<int>(caller, Count, null, cancellationToken);

    /// <summary>Templates that wait for a decision: the most reported first, of those the ones that wait longest.</summary>
    public Task<IReadOnlyList<ModerationItem>> QueueAsync(Caller caller, int size, CancellationToken cancellationToken) =>
        ItemsAsync(caller, hidden: false, null, size, cancellationToken);

    /// <summary>Templates that are hidden, the latest first.</summary>
    /// <param name="caller">An administrator.</param>
    /// <param name="after">The last one of the page before.</param>
    /// <param name="size">1 to 100.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<IReadOnlyList<ModerationItem>> HiddenAsync(
        Caller caller, (DateTime HiddenAt, Guid TemplateId)? after, int size, CancellationToken cancellationToken) =>
        ItemsAsync(caller, hidden: true, after, size, cancellationToken);

    /// <summary>Hides a template with a reason its author reads. Returns the line of the log; null where it was hidden already.</summary>
    /// <exception cref="Npgsql.PostgresException">P0002: there is no such template; 22023: no reason, or too long a one.</exception>
    public Task<long?> HideAsync(Caller caller, Guid templateId, string reason, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<long?>(caller, Hide, new { TemplateId = templateId, Reason = reason }, cancellationToken);

    /// <summary>Closes the open reports and leaves everything as it is. Returns the line of the log; null where nothing was open.</summary>
    /// <exception cref="Npgsql.PostgresException">P0002: there is no such template.</exception>
    public Task<long?> DismissAsync(Caller caller, Guid templateId, string reason, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<long?>(caller, Dismiss, new { TemplateId = templateId, Reason = reason }, cancellationToken);

    /// <summary>Brings a hidden template back as visible as it was. Returns the line of the log; null where it is not hidden.</summary>
    public Task<long?> RestoreAsync(Caller caller, Guid templateId, string reason, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<long?>(caller, Restore, new { TemplateId = templateId, Reason = reason }, cancellationToken);

    /// <summary>Undoes a decision. Returns the new line of the log; null where it is undone already or was overtaken.</summary>
    public Task<long?> UndoAsync(Caller caller, long logId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<long?>(caller, Undo, new { LogId = logId }, cancellationToken);

    /// <summary>Lines of the log, the latest first.</summary>
    public Task<IReadOnlyList<ModerationLogLine>> LogAsync(Caller caller, ModerationLogFilter filter, CancellationToken cancellationToken) =>
        db.QueryAsync<ModerationLogLine>(caller, Log, filter, cancellationToken);

    private Task<IReadOnlyList<ModerationItem>> ItemsAsync(
        Caller caller, bool hidden, (DateTime HiddenAt, Guid TemplateId)? after, int size, CancellationToken cancellationToken) =>
        db.QueryAsync<ModerationItem>(
            caller, Items, new { Hidden = hidden, BeforeAt = after?.HiddenAt, BeforeId = after?.TemplateId, Size = size }, cancellationToken);
}
