using System.Diagnostics;
using Npgsql;

namespace MetaPrompt.Tests.Bench;

/// <summary>What database-reference.md writes, measured as it is written: as the tables' owner, without row-level security or our tables.</summary>
internal sealed class DocumentedSql(BenchServer server, string database)
{
    /// <summary>Nothing is waited for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private const string Functions =
        """
        create schema if not exists documented;
        create or replace function documented.get_popular_templates(limit_count integer default 10, category_filter varchar default null)
        returns table (id uuid, title varchar, goal text, category varchar, likes_count integer, uses_count integer) as $$
        begin
          return query
          select pt.id, p.title, p.goal, pt.category, pt.likes_count, pt.uses_count
          from public.prompt_templates pt
          join public.prompts p on pt.prompt_id = p.id
          where pt.category = coalesce(category_filter, pt.category)
          order by pt.likes_count desc, pt.uses_count desc
          limit limit_count;
        end;
        $$ language plpgsql;
        """;

    /// <summary>Makes the documented functions beside ours.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) => server.ExecuteAsync(database, Functions, cancellationToken);

    /// <summary>The median at one connection; infinite where it takes longer than <see cref="Longest"/>.</summary>
    public async Task<double> MedianAsync(IReadOnlyList<string> statements, int seconds, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.Owner(database));
        await connection.OpenAsync(cancellationToken);
        await using (var limit = new NpgsqlCommand($"set statement_timeout = {Longest.TotalMilliseconds}", connection))
            await limit.ExecuteNonQueryAsync(cancellationToken);
        var times = new List<double>();
        try
        {
            var all = Stopwatch.StartNew();
            for (var n = 0; n <= statements.Count || (n < 200 && all.Elapsed.TotalSeconds < seconds); n++)
            {
                await using var command = new NpgsqlCommand(statements[n % statements.Count], connection) { CommandTimeout = 0 };
                var start = Stopwatch.GetTimestamp();
                await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
                {
                    while (await reader.ReadAsync(cancellationToken))
                    {
                    }
                }

                // The first reads what nobody read before.
                if (n > 0)
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (all.Elapsed > Longest && times.Count > 0)
                    break;
            }
        }
        catch (PostgresException tooLong) when (tooLong.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            return double.PositiveInfinity;
        }

        return times.Order().ElementAt(times.Count / 2);
    }
}
