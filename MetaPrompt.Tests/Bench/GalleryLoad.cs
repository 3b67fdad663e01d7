using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using Npgsql;
using NpgsqlTypes;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Fills a migrated database with a generated gallery, batch by batch: the documented tables by COPY with the triggers
/// asleep, then the gallery's own by the product's function. Indexes are taken away meanwhile and put back as the migrations made them.
/// </summary>
internal sealed class GalleryLoad(BenchServer server, string database, GalleryData data, TextWriter output)
{
    /// <summary>To be changed with the way of loading; the data speak for themselves.</summary>
    public const string Version = "3";

    private const int Batch = 5000;

    /// <summary>How many prompts <see cref="Owner"/> has; none is in the gallery.</summary>
    public const int OwnPrompts = 1000;

    /// <summary>A person with many prompts of their own.</summary>
    public static readonly Guid Owner = new("00000000-0000-4000-8000-000000000001");

    /// <summary>People who publish nothing and favorite.</summary>
    public const int Fans = 100;

    /// <summary>One of them.</summary>
    public static Guid Fan(int index) => new Dice(0xB0000000UL + (ulong)index).Id();

    /// <summary>Runs it whole.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var indexes = await IndexesAsync(cancellationToken);
        try
        {
            await ConfigureAsync("alter system set fsync = off", "alter system set full_page_writes = off");
            await FillAsync(indexes, cancellationToken);
            Say(watch, "filled");
            await PlaceTierAsync(cancellationToken);
            Say(watch, "tier placed");
            await Task.WhenAll(RestoreAsync(indexes, cancellationToken), KeepAsync(cancellationToken));
            Say(watch, "indexed");
            await server.ExecuteAsync(database, "vacuum (analyze)", cancellationToken);
            await server.ExecuteAsync(database, "checkpoint", cancellationToken);
        }
        finally
        {
            await ConfigureAsync("alter system reset fsync", "alter system reset full_page_writes");
        }

        Say(watch, "ready");
    }

    private async Task ConfigureAsync(params string[] settings)
    {
        foreach (var setting in (string[])[.. settings, "select pg_reload_conf()"])
            await server.ExecuteAsync("postgres", setting, CancellationToken.None);
    }

    // Batches are made, copied and put into the gallery side by side, so that no core waits for another.
    private async Task FillAsync(IReadOnlyList<(string Name, string Definition)> indexes, CancellationToken cancellationToken)
    {
        foreach (var (name, _) in indexes)
            await server.ExecuteAsync(database, $"drop index {name}", cancellationToken);
        await using (var connection = await OpenAsync(cancellationToken))
        {
            await ExecuteAsync(connection, "set session_replication_role = replica", cancellationToken);
            await CopyUsersAsync(connection, cancellationToken);
            await CopyPromptsAsync(connection, Enumerable.Range(0, OwnPrompts).Select(own => data.Row(int.MaxValue - own)), Owner, cancellationToken);
        }

        // The plans of the first batch are those of all.
        await FillBatchAsync(0, cancellationToken);
        await server.ExecuteAsync(database, "analyze", cancellationToken);
        await Parallel.ForEachAsync(
            Enumerable.Range(1, (data.Count - 1) / Batch), new ParallelOptions { MaxDegreeOfParallelism = 3, CancellationToken = cancellationToken }, async (batch, ct) => await FillBatchAsync(batch, ct));
    }

    private async Task FillBatchAsync(int batch, CancellationToken cancellationToken)
    {
        var rows = Enumerable.Range(batch * Batch, Math.Min(Batch, data.Count - (batch * Batch))).Select(data.Row).ToArray();
        await using var connection = await OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "set session_replication_role = replica; set plan_cache_mode = force_generic_plan", cancellationToken);
        await CopyPromptsAsync(connection, rows, owner: null, cancellationToken);
        await CopyTemplatesAsync(connection, rows, cancellationToken);
        await ExecuteAsync(connection, "set session_replication_role = origin", cancellationToken);
        await using var command = new NpgsqlCommand("select internal.refresh_galleries($1)", connection) { CommandTimeout = 0, Parameters = { new() { Value = Array.ConvertAll(rows, row => row.Id) } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CopyUsersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync("copy public.users (id, email, full_name, created_at) from stdin (format binary)", cancellationToken);
        async Task Add(Guid id, string name) => await WriteAsync(
            copy, cancellationToken, (id, NpgsqlDbType.Uuid), ($"{id:N}@example.org", NpgsqlDbType.Varchar), (name, NpgsqlDbType.Varchar), (GalleryData.Youngest.AddYears(-4), NpgsqlDbType.TimestampTz));
        await Add(Owner, "Olive Owner");
        for (var fan = 0; fan < Fans; fan++)
            await Add(Fan(fan), string.Create(CultureInfo.InvariantCulture, $"Fan {fan}"));
        for (var author = 0; author < data.Authors; author++)
            await Add(GalleryData.Author(author).Id, GalleryData.Author(author).Name);
        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyPromptsAsync(NpgsqlConnection connection, IEnumerable<GalleryRow> rows, Guid? owner, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy public.prompts (id, user_id, title, goal, template, variables, is_public, created_at, updated_at) from stdin (format binary)", cancellationToken);
        copy.Timeout = TimeSpan.Zero;
        foreach (var row in rows)
        {
            await WriteAsync(
                copy, cancellationToken, (row.PromptId, NpgsqlDbType.Uuid), (owner ?? GalleryData.Author(row.Author).Id, NpgsqlDbType.Uuid), (row.Title, NpgsqlDbType.Varchar), (row.Goal, NpgsqlDbType.Text), (row.Text, NpgsqlDbType.Text),
                (row.Variables, NpgsqlDbType.Jsonb), (owner is null && row.IsPublic, NpgsqlDbType.Boolean), (row.PublishedAt, NpgsqlDbType.TimestampTz), (row.PublishedAt, NpgsqlDbType.TimestampTz));
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task CopyTemplatesAsync(NpgsqlConnection connection, IEnumerable<GalleryRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy public.prompt_templates (id, prompt_id, user_id, category, tags, likes_count, uses_count, created_at, updated_at) from stdin (format binary)", cancellationToken);
        copy.Timeout = TimeSpan.Zero;
        foreach (var row in rows)
        {
            await WriteAsync(
                copy, cancellationToken, (row.Id, NpgsqlDbType.Uuid), (row.PromptId, NpgsqlDbType.Uuid), (GalleryData.Author(row.Author).Id, NpgsqlDbType.Uuid), (row.Category, NpgsqlDbType.Varchar),
                (row.Tags, NpgsqlDbType.Array | NpgsqlDbType.Text), (row.Likes, NpgsqlDbType.Integer), (row.Uses, NpgsqlDbType.Integer), (row.PublishedAt, NpgsqlDbType.TimestampTz), (row.PublishedAt, NpgsqlDbType.TimestampTz));
        }

        await copy.CompleteAsync(cancellationToken);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, CancellationToken cancellationToken, params (object? Value, NpgsqlDbType Type)[] values)
    {
        await copy.StartRowAsync(cancellationToken);
        foreach (var (value, type) in values)
        {
            if (value is null)
                await copy.WriteNullAsync(cancellationToken);
            else
                await copy.WriteAsync(value, type, cancellationToken);
        }
    }

    // The program's own upkeep: counts and the tiers of popular rows while no index slows it, words beside the indexes.
    private async Task PlaceTierAsync(CancellationToken cancellationToken)
    {
        foreach (var step in new[] { "internal.fold_gallery_counts()", "internal.move_gallery_tier(100000)" })
        {
            while (await server.ScalarAsync<int>(database, "select " + step, cancellationToken) > 0)
            {
            }
        }
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        await using var app = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.App(database)) { CommandTimeout = 0 });
        while (await new CounterQueries(new Db(app)).KeepGalleryAsync(50_000, cancellationToken) > 0)
        {
        }
    }

    private async Task RestoreAsync(IReadOnlyList<(string Name, string Definition)> indexes, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(indexes, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken }, async (index, ct) =>
        {
            await using var connection = await OpenAsync(ct);
            await ExecuteAsync(connection, "set maintenance_work_mem = '1GB'", ct);
            await ExecuteAsync(connection, index.Definition, ct);
        });
        if (!indexes.SequenceEqual(await IndexesAsync(cancellationToken)))
            throw new InvalidOperationException("The gallery's indexes are not what the migrations made.");
    }

    /// <summary>The indexes of the gallery's tables that hold no rule.</summary>
    private async Task<IReadOnlyList<(string Name, string Definition)>> IndexesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
            from pg_index i
            where i.indrelid in ('internal.gallery'::regclass, 'internal.gallery_ranks'::regclass, 'internal.gallery_phrases'::regclass) and not i.indisunique
            order by 1
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var indexes = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken))
            indexes.Add((reader.GetString(0), reader.GetString(1)));
        return indexes;
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(server.Owner(database));
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private void Say(Stopwatch watch, string what) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {data.Count,9:N0} templates {what,-15} after {watch.Elapsed.TotalSeconds,6:F1} s"));
}
