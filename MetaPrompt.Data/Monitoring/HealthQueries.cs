using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Monitoring;

/// <summary>Whether the database answers a visitor's question.</summary>
public sealed class HealthQueries(Db db)
{
    private const string Ping =
        """
        -- health.ping
        select exists (select from public.get_popular_templates(1))
        """;

    /// <summary>Asks what every visitor's page asks: role switch, function, table. True where the gallery has a template.</summary>
    /// <exception cref="Npgsql.NpgsqlException">The database is away, or the schema is not the one this program needs.</exception>
    public Task<bool> PingAsync(CancellationToken cancellationToken) =>
        db.FirstOrDefaultAsync<bool>(Caller.Anonymous, Ping, null, cancellationToken);
}
