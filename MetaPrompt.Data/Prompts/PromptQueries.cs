using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>One's own prompts: everything here sees and changes the caller's rows only, because PostgreSQL lets it.</summary>
public sealed class PromptQueries(Db db)
{
    private const string Create =
        """
        -- prompts.create
        select public.create_prompt(@Title, @Goal, @Template, @Variables::jsonb, @QuestionIds, @QuestionTexts, @Answers, @Id)
        """;

    private const string Update =
        """
        -- prompts.update
        with note as (select set_config('metaprompt.version_note', coalesce(@Note, ''), true))
        update public.prompts
        set title = @Title, goal = @Goal, template = @Template, variables = @Variables::jsonb
        from note
        where id = @Id and user_id = (select auth.uid()) and deleted_at is null and updated_at = @BasedOn
        returning updated_at
        """;

    private const string Find =
        """
        -- prompts.find
        select p.id, p.user_id, p.title, p.goal, p.template, p.variables::text, p.is_public, p.created_at, p.updated_at,
          p.deleted_at, p.origin_template_id, t.id as template_id, t.category, coalesce(t.tags, '{}') as tags,
          coalesce(t.unlisted, false) as unlisted, t.hidden_at,
          (select max(v.number) from public.prompt_versions v where v.prompt_id = p.id) as version
        from public.prompts p
        left join public.prompt_templates t on t.prompt_id = p.id
        where p.id = @Id and p.user_id = (select auth.uid())
        """;

    private const string Answers =
        """
        -- prompts.answers
        select a.question_id, a.question_text, a.answer
        from public.prompt_answers a
        where a.prompt_id = @PromptId
        order by a.position, a.created_at
        """;

    private const string Duplicate =
        """
        -- prompts.duplicate
        select public.duplicate_prompt(@Id, @CopyId)
        """;

    private const string Delete =
        """
        -- prompts.delete
        update public.prompts set deleted_at = now()
        where id = @Id and user_id = (select auth.uid()) and deleted_at is null
        """;

    private const string Restore =
        """
        -- prompts.restore
        update public.prompts set deleted_at = null
        where id = @Id and user_id = (select auth.uid()) and deleted_at is not null
        """;

    /// <summary>
    /// Saves a prompt with the answers it came from, all or nothing. Returns its id: the one that was given, where there is none
    /// with it yet or an earlier attempt left it; a new one where that id is taken by something else.
    /// </summary>
    public Task<Guid> CreateAsync(Caller caller, NewPrompt prompt, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, Create, new
        {
            prompt.Title,
            prompt.Goal,
            prompt.Template,
            Variables = JsonText.Storable(prompt.Variables),
            QuestionIds = prompt.Answers.Select(answer => answer.QuestionId).ToArray(),
            QuestionTexts = prompt.Answers.Select(answer => answer.QuestionText).ToArray(),
            Answers = prompt.Answers.Select(answer => answer.Answer).ToArray(),
            prompt.Id,
        }, cancellationToken);

    /// <summary>
    /// Saves an edit as a new version, with its note. Returns the prompt's new time of change; null where it is not the
    /// caller's, was deleted, or was changed elsewhere since <see cref="PromptEdit.BasedOn"/>: then nothing is written.
    /// </summary>
    public Task<DateTime?> UpdateAsync(Caller caller, PromptEdit edit, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<DateTime?>(
            caller, Update, edit with { Variables = JsonText.Storable(edit.Variables) }, cancellationToken);

    /// <summary>One prompt of the caller's, deleted ones included; null where there is none.</summary>
    public Task<Prompt?> FindAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        // A visitor has none, and no right to ask for versions.
        caller.UserId is null ? Task.FromResult<Prompt?>(null) : db.FirstOrDefaultAsync<Prompt>(caller, Find, new { Id = id }, cancellationToken);

    /// <summary>The questions and answers a prompt came from, in the order they were asked.</summary>
    public Task<IReadOnlyList<PromptAnswer>> AnswersAsync(Caller caller, Guid promptId, CancellationToken cancellationToken) =>
        db.QueryAsync<PromptAnswer>(caller, Answers, new { PromptId = promptId }, cancellationToken);

    /// <summary>
    /// A private copy with its answers and labels. Returns the copy's id: the one that was given, also where an earlier attempt
    /// made the copy; a new one where that id is taken by something else or its copy was deleted.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">P0002: there is no such prompt of the caller's.</exception>
    public Task<Guid> DuplicateAsync(Caller caller, Guid id, Guid copyId, CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<Guid>(caller, Duplicate, new { Id = id, CopyId = copyId }, cancellationToken);

    /// <summary>Deletes a prompt so that <see cref="RestoreAsync"/> can bring it back for 30 days. False where it is not there.</summary>
    public async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Delete, new { Id = id }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Brings a deleted prompt back as it was, published or not. False where there is nothing to bring back.</summary>
    public async Task<bool> RestoreAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Restore, new { Id = id }, cancellationToken).ConfigureAwait(false) > 0;
}
