using System.Security.Cryptography;
using System.Text;
using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Prompts;

/// <summary>Many of one's own prompts at once, into the library and out of it; row-level security holds for each.</summary>
public sealed class TransferQueries(Db db)
{
    /// <summary>The most prompts one export takes.</summary>
    public const int MaxPrompts = 5_000;

    private const int MaxCharacters = 20_000_000;

    private const string Present =
        """
        -- transfer.present
        select encode(h.hash, 'hex')
        from (select sha256(convert_to(p.template, 'UTF8')) as hash
          from public.prompts p where p.user_id = (select auth.uid()) and p.deleted_at is null) h
        where h.hash = any(@Hashes)
        """;

    private const string Insert =
        """
        -- transfer.insert
        insert into public.prompts (id, user_id, title, goal, template, variables)
        select r.id, (select auth.uid()), r.title, r.goal, r.template, r.variables::jsonb
        from unnest(@Ids::uuid[], @Titles::text[], @Goals::text[], @Templates::text[], @Variables::text[]) with ordinality as r (id, title, goal, template, variables, place)
        order by r.place
        on conflict do nothing
        """;

    private const string Undo =
        """
        -- transfer.undo
        update public.prompts set deleted_at = now()
        where id = any(@Ids) and user_id = (select auth.uid()) and deleted_at is null
        """;

    // Stops where the texts together would be more than a download should be; the count says so.
    private const string Export =
        """
        -- transfer.export
        select e.title, e.goal, e.template, e.variables, e.tags, e.total
        from (select p.id, p.created_at, p.title, p.goal, p.template, p.variables::text, coalesce(t.tags, '{}') as tags,
            count(*) over ()::int as total,
            row_number() over newest as place, sum(length(p.template)) over newest as characters
          from public.prompts p
          left join public.prompt_templates t on t.prompt_id = p.id
          where p.user_id = (select auth.uid()) and p.deleted_at is null and (cardinality(@Ids) = 0 or p.id = any(@Ids))
          window newest as (order by p.created_at desc, p.id desc rows unbounded preceding)) e
        where e.place <= @MaxPrompts and (e.place = 1 or e.characters <= @MaxCharacters)
        order by e.created_at desc, e.id desc
        """;

    /// <summary>Which of these texts the caller has already, as places in the list. Deleted prompts do not count.</summary>
    public async Task<IReadOnlySet<int>> PresentAsync(Caller caller, IReadOnlyList<string> templates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(templates);
        var hashes = templates.Select(template => SHA256.HashData(Encoding.UTF8.GetBytes(template))).ToArray();
        var present = (await db.QueryAsync<string>(caller, Present, new { Hashes = hashes }, cancellationToken).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, hashes.Length).Where(place => present.Contains(Convert.ToHexStringLower(hashes[place]))).ToHashSet();
    }

    /// <summary>
    /// Puts the prompts into the caller's library, all or none. Returns their ids. Those that an earlier attempt put there, whose
    /// answer was lost, are not put there again.
    /// </summary>
    /// <exception cref="Npgsql.PostgresException">23514: a rule of the table was broken, and nothing is inserted.</exception>
    public async Task<IReadOnlyList<Guid>> InsertAsync(Caller caller, IReadOnlyList<ImportedPrompt> prompts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        var ids = prompts.Select(prompt => prompt.Id).ToArray();
        await db.Patient.ExecuteAsync(caller, Insert, new
        {
            Ids = ids,
            Titles = prompts.Select(prompt => prompt.Title).ToArray(),
            Goals = prompts.Select(prompt => prompt.Goal).ToArray(),
            Templates = prompts.Select(prompt => prompt.Template).ToArray(),
            Variables = prompts.Select(prompt => JsonText.Storable(prompt.Variables)).ToArray(),
        }, cancellationToken).ConfigureAwait(false);
        return ids;
    }

    /// <summary>Deletes imported prompts again, as softly as any. Returns how many were still there.</summary>
    public Task<int> UndoAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.Patient.ExecuteAsync(caller, Undo, new { Ids = ids.ToArray() }, cancellationToken);

    /// <summary>The caller's prompts with these ids, newest first; all of them where no id is given. Others' are not found.</summary>
    public Task<IReadOnlyList<PromptToExport>> ExportAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        db.Patient.QueryAsync<PromptToExport>(caller, Export, new { Ids = ids.ToArray(), MaxPrompts, MaxCharacters }, cancellationToken);
}

/// <summary>A prompt on its way out of somebody's library.</summary>
public sealed record PromptToExport
{
    public required string Title { get; init; }
    public required string Goal { get; init; }
    public required string Template { get; init; }

    /// <summary>JSON, as <see cref="Prompt.Variables"/>.</summary>
    public required string Variables { get; init; }

    public required string[] Tags { get; init; }

    /// <summary>How many were asked for and found; more than were returned where they are too many or too long for one download.</summary>
    public required int Total { get; init; }
}
