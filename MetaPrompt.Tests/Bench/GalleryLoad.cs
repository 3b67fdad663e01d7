using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Templates;
using Npgsql;
using NpgsqlTypes;

namespace MetaPrompt.Tests.Bench;

/// <summary>
/// Fills a migrated database with a generated gallery: the documented tables by COPY with the triggers asleep, then the
/// gallery's own by the product's function. Indexes are taken away meanwhile and put back as the migrations made them.
/// </summary>
internal sealed class GalleryLoad(BenchServer server, string database, GalleryData data, TextWriter output)
{
    /// <summary>To be changed with the way of loading; the data speak for themselves.</summary>
    public const string Version = "2";

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
            await CopyAsync(cancellationToken);
            Say(watch, "copied");
            await FillAsync(indexes, cancellationToken);
            Say(watch, "gallery filled");
            await RestoreAsync(indexes, cancellationToken);
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

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "set session_replication_role = replica", cancellationToken);
        await CopyUsersAsync(connection, cancellationToken);
        await CopyPromptsAsync(connection, cancellationToken);
        await CopyTemplatesAsync(connection, cancellationToken);
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

    private async Task CopyPromptsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy public.prompts (id, user_id, title, goal, template, variables, is_public, created_at, updated_at) from stdin (format binary)", cancellationToken);
        copy.Timeout = TimeSpan.Zero;
        async Task Add(GalleryRow row, Guid id, Guid owner, bool isPublic) => await WriteAsync(
            copy, cancellationToken, (id, NpgsqlDbType.Uuid), (owner, NpgsqlDbType.Uuid), (row.Title, NpgsqlDbType.Varchar), (row.Goal, NpgsqlDbType.Text), (row.Text, NpgsqlDbType.Text),
            (row.Variables, NpgsqlDbType.Jsonb), (isPublic, NpgsqlDbType.Boolean), (row.PublishedAt, NpgsqlDbType.TimestampTz), (row.PublishedAt, NpgsqlDbType.TimestampTz));
        for (var own = 0; own < OwnPrompts; own++)
        {
            var row = data.Row(int.MaxValue - own);
            await Add(row, row.PromptId, Owner, isPublic: false);
        }

        foreach (var row in data.Rows())
            await Add(row, row.PromptId, GalleryData.Author(row.Author).Id, row.IsPublic);
        await copy.CompleteAsync(cancellationToken);
    }

    private async Task CopyTemplatesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy public.prompt_templates (id, prompt_id, user_id, category, tags, likes_count, uses_count, created_at, updated_at) from stdin (format binary)", cancellationToken);
        copy.Timeout = TimeSpan.Zero;
        foreach (var row in data.Rows())
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

    // Two at a time, for two cores.
    private async Task FillAsync(IReadOnlyList<(string Name, string Definition)> indexes, CancellationToken cancellationToken)
    {
        foreach (var (name, _) in indexes)
            await server.ExecuteAsync(database, $"drop index {name}", cancellationToken);
        await server.ExecuteAsync(database, "analyze", cancellationToken);
        await Task.WhenAll(new[] { "<", ">=" }.Select(half => server.ExecuteAsync(
            database,
            $"""
            select count(internal.refresh_galleries(b.ids))
            from (
              select array_agg(t.id) as ids
              from (select id, row_number() over () / {Batch} as batch from public.prompt_templates where id {half} '80000000-0000-0000-0000-000000000000') t
              group by t.batch offset 0) b
            """,
            cancellationToken)));

        // The program's own upkeep: counts, words, the tier of hot rows.
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
            where i.indrelid in ('internal.gallery'::regclass, 'internal.gallery_ranks'::regclass) and not i.indisunique
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
