using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace MetaPrompt.Data.Templates;

/// <summary>
/// Fills the gallery with the starter templates. Runs as the owner, because the built-in author is nobody who could sign
/// in: a row of <c>public.users</c> without an account behind it.
/// </summary>
public sealed class StarterQueries(NpgsqlDataSource owner)
{
    private const string CountUnchanged =
        """
        -- starter.count_unchanged
        select count(*)
        from unnest($1, $2) as file (slug, fingerprint)
        join internal.starter_templates s using (slug, fingerprint)
        """;

    // Several nodes may start at once; the second one waits here and then finds nothing left to do.
    private const string Lock =
        """
        -- starter.lock
        select pg_advisory_xact_lock(hashtextextended('metaprompt.starter_gallery', 0))
        """;

    private const string Fill =
        """
        -- starter.fill
        with file as (
          select f.*, array(select jsonb_array_elements_text(f.tag_list)) as tags
          from jsonb_to_recordset($1) as f (
            slug text, prompt_id uuid, template_id uuid, fingerprint text, title text, goal text, template text,
            variables jsonb, category text, tag_list jsonb)
        ), added as (
          select file.* from file
          where not exists (select from internal.starter_templates s where s.slug = file.slug)
        ), changed as (
          select file.* from file
          join internal.starter_templates s on s.slug = file.slug and s.fingerprint <> file.fingerprint
        ), author as (
          insert into public.users (id, email, full_name)
          select $2, $3, $4 where exists (select from added)
          on conflict (id) do nothing
        ), prompt as (
          insert into public.prompts (id, user_id, title, goal, template, variables, is_public)
          select prompt_id, $2, title, goal, template, variables, true from added
          on conflict (id) do nothing
        ), published as (
          insert into public.prompt_templates (id, prompt_id, user_id, category, tags)
          select template_id, prompt_id, $2, category, tags from added
          on conflict do nothing
        ), rewritten as (
          update public.prompts p
          set title = c.title, goal = c.goal, template = c.template, variables = c.variables
          from changed c
          where p.id = c.prompt_id
          returning p.id
        ), refiled as (
          update public.prompt_templates t
          set category = c.category, tags = c.tags
          from changed c
          where t.id = c.template_id
        ), journal as (
          insert into internal.starter_templates as s (slug, prompt_id, template_id, fingerprint)
          select slug, prompt_id, template_id, fingerprint from added
          union all
          select slug, prompt_id, template_id, fingerprint from changed
          on conflict (slug) do update set fingerprint = excluded.fingerprint, written_at = now()
        )
        select (select count(*)::int from added), (select count(*)::int from rewritten)
        """;

    /// <summary>
    /// Adds the templates that were never added and rewrites those whose fingerprint is another one; what was deleted
    /// since stays deleted, and what was unpublished stays so. One transaction, one round trip where nothing is to do.
    /// </summary>
    /// <exception cref="PostgresException">The login is not the owner's (42501), or a migration is missing (42P01).</exception>
    public async Task<StarterFill> FillAsync(
        StarterAuthor author, IReadOnlyList<StarterRow> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(author);
        ArgumentNullException.ThrowIfNull(rows);
        await using var connection = await owner.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        if (await UnchangedAsync(connection, rows, cancellationToken).ConfigureAwait(false) == rows.Count)
            return new StarterFill(0, 0);

        // The batch is one implicit transaction, and each of its statements sees what was committed before it began.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Lock),
                new NpgsqlBatchCommand(Fill)
                {
                    Parameters =
                    {
                        new NpgsqlParameter { Value = JsonSerializer.Serialize(rows, Json), NpgsqlDbType = NpgsqlDbType.Jsonb },
                        new NpgsqlParameter { Value = author.Id },
                        new NpgsqlParameter { Value = author.Email },
                        new NpgsqlParameter { Value = author.FullName },
                    },
                },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var fill = new StarterFill(reader.GetInt32(0), reader.GetInt32(1));
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return fill;
    }

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static async Task<long> UnchangedAsync(
        NpgsqlConnection connection, IReadOnlyList<StarterRow> rows, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CountUnchanged, connection)
        {
            Parameters =
            {
                new NpgsqlParameter { Value = rows.Select(row => row.Slug).ToArray() },
                new NpgsqlParameter { Value = rows.Select(row => row.Fingerprint).ToArray() },
            },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }
}

/// <summary>The built-in author: shown under the starter templates, unable to sign in.</summary>
public sealed record StarterAuthor(Guid Id, string Email, string FullName);

/// <summary>A starter template as it goes into the database.</summary>
public sealed record StarterRow
{
    /// <summary>The name of its file; what it is recognised by.</summary>
    public required string Slug { get; init; }

    /// <summary>The prompt's id, the same everywhere.</summary>
    public required Guid PromptId { get; init; }

    /// <summary>The published template's id, the same everywhere.</summary>
    public required Guid TemplateId { get; init; }

    /// <summary>Changes with the contents and with nothing else.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>At most 255 characters.</summary>
    public required string Title { get; init; }

    /// <summary>The goal as a person would type it.</summary>
    public required string Goal { get; init; }

    /// <summary>The text with its placeholders.</summary>
    public required string Template { get; init; }

    /// <summary>A JSON list, as <c>prompts.variables</c> keeps it.</summary>
    public required JsonElement Variables { get; init; }

    /// <summary>The category in the gallery.</summary>
    public required string Category { get; init; }

    /// <summary>Lower-case tags.</summary>
    public required IReadOnlyList<string> TagList { get; init; }
}

/// <summary>What a fill did.</summary>
/// <param name="Added">Templates that were not there before.</param>
/// <param name="Updated">Templates rewritten because their file changed.</param>
public sealed record StarterFill(int Added, int Updated);
