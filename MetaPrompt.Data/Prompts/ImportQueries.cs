using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace MetaPrompt.Data.Prompts;

/// <summary>
/// Puts many prompts at once into somebody's library. For the program's own import command: it connects as the owner of
/// the tables and so must be told whose prompts they are.
/// </summary>
public sealed class ImportQueries(NpgsqlDataSource owner)
{
    private const int BatchSize = 250;

    private const string FindPerson =
        """
        -- import.find_person
        select id from public.users where email = lower($1)
        """;

    // Two imports for one person, started twice by mistake, come one after the other and see each other's prompts.
    private const string Lock =
        """
        -- import.lock
        select pg_advisory_xact_lock(hashtextextended('metaprompt.import.' || $1::text, 0))
        """;

    private const string Present =
        """
        -- import.present
        select sha256(convert_to(template, 'UTF8')) from public.prompts where user_id = $1 and deleted_at is null
        """;

    // A microsecond apart, so that the library, newest first, shows them in the order of the file.
    private const string InsertPrompts =
        """
        -- import.insert_prompts
        insert into public.prompts (id, user_id, title, goal, template, variables, is_public, created_at, updated_at)
        select r.id, $1, r.title, r.goal, r.template, r.variables::jsonb, $2,
          now() - r.place * interval '1 microsecond', now() - r.place * interval '1 microsecond'
        from unnest($3, $4, $5, $6, $7, $8) as r (id, place, title, goal, template, variables)
        """;

    private const string InsertTemplates =
        """
        -- import.insert_templates
        insert into public.prompt_templates (prompt_id, user_id, category, tags, created_at, updated_at)
        select r.id, $1, $2, string_to_array(r.tags, ','), p.created_at, p.created_at
        from unnest($3, $4) as r (id, tags)
        join public.prompts p on p.id = r.id
        """;

    /// <summary>The person with this address, whatever its case, or null.</summary>
    public async Task<Guid?> FindPersonAsync(string email, CancellationToken cancellationToken)
    {
        await using var command = owner.CreateCommand(FindPerson);
        command.Parameters.Add(new NpgsqlParameter { Value = email });
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as Guid?;
    }

    /// <summary>
    /// Inserts the prompts, all or none, except for those whose text the person has already.
    /// </summary>
    /// <param name="personId">Whose prompts they become.</param>
    /// <param name="prompts">In the order of the file; no two with the same text.</param>
    /// <param name="publication">Publishes what is inserted; null keeps it private.</param>
    /// <param name="cancellationToken">Nothing is inserted when it is cancelled.</param>
    /// <returns>The places in <paramref name="prompts"/> that were left out because the person has that text.</returns>
    /// <exception cref="PostgresException">23514: a rule of the tables was broken, by a prompt or by the category.</exception>
    public async Task<IReadOnlySet<int>> InsertAsync(
        Guid personId, IReadOnlyList<ImportedPrompt> prompts, ImportPublication? publication, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        await using var connection = await owner.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        var present = await PresentAsync(connection, personId, cancellationToken).ConfigureAwait(false);

        var leftOut = new HashSet<int>();
        var fresh = new List<(int Place, ImportedPrompt Prompt)>(prompts.Count);
        for (var place = 0; place < prompts.Count; place++)
        {
            if (present.Contains(Hash(prompts[place].Template)))
                leftOut.Add(place);
            else
                fresh.Add((place, prompts[place]));
        }

        foreach (var chunk in fresh.Chunk(BatchSize))
        {
            await using var batch = Insert(connection, transaction, personId, chunk, publication);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return leftOut;
    }

    private static async Task<HashSet<string>> PresentAsync(
        NpgsqlConnection connection, Guid personId, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Lock) { Parameters = { new NpgsqlParameter { Value = personId } } },
                new NpgsqlBatchCommand(Present) { Parameters = { new NpgsqlParameter { Value = personId } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var present = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            present.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)));
        return present;
    }

    private static NpgsqlBatch Insert(
        NpgsqlConnection connection, NpgsqlTransaction transaction, Guid personId,
        (int Place, ImportedPrompt Prompt)[] rows, ImportPublication? publication)
    {
        var ids = Array.ConvertAll(rows, row => row.Prompt.Id);
        var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(InsertPrompts)
                {
                    Parameters =
                    {
                        new NpgsqlParameter { Value = personId },
                        new NpgsqlParameter { Value = publication is not null },
                        new NpgsqlParameter { Value = ids },
                        new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.Place) },
                        new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.Prompt.Title) },
                        new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.Prompt.Goal) },
                        new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.Prompt.Template) },
                        new NpgsqlParameter { Value = Array.ConvertAll(rows, row => row.Prompt.Variables) },
                    },
                },
            },
        };
        if (publication is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertTemplates)
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = personId },
                    new NpgsqlParameter { Value = (object?)publication.Category ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Varchar },
                    new NpgsqlParameter { Value = ids },
                    new NpgsqlParameter { Value = Array.ConvertAll(rows, row => string.Join(',', row.Prompt.Tags)) },
                },
            });
        }

        return batch;
    }

    private static string Hash(string template) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(template)));
}

/// <summary>A prompt on its way into somebody's library.</summary>
public sealed record ImportedPrompt
{
    /// <summary>What it is called from then on; whoever tries again under the same one gets it once.</summary>
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>At most 255 characters, not blank.</summary>
    public required string Title { get; init; }

    /// <summary>At most 20,000 characters.</summary>
    public required string Goal { get; init; }

    /// <summary>At most 500,000 characters.</summary>
    public required string Template { get; init; }

    /// <summary>A JSON list, as <c>prompts.variables</c> keeps it.</summary>
    public required string Variables { get; init; }

    /// <summary>Lower-case tags without commas, for the gallery.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

/// <summary>That imported prompts are published too.</summary>
/// <param name="Category">Their category, or null for none.</param>
public sealed record ImportPublication(string? Category);
