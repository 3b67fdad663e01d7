using System.Globalization;
using Npgsql;

namespace MetaPrompt.Tests.Policies;

/// <summary>
/// Somebody who sends SQL of their own choosing: a role to switch to (none: the app's login as it signed in) and claims.
/// Unlike <see cref="MetaPrompt.Data.Caller"/> it can also be what the program never makes.
/// </summary>
internal sealed record Actor(string Name, string? Role, string Claims)
{
    /// <summary>PostgreSQL's word for "you may not".</summary>
    public const string Refused = PostgresErrorCodes.InsufficientPrivilege;

    /// <summary>A visitor.</summary>
    public static Actor Anonymous { get; } = new("anon", "anon", """{"role":"anon"}""");

    /// <summary>Authenticated, but nobody: claims without a subject.</summary>
    public static Actor Nobody { get; } = new("no claims", "authenticated", "");

    /// <summary>A program that forgot to switch.</summary>
    public static Actor App { get; } = new("app login", null, "");

    /// <summary>A signed-in person.</summary>
    public static Actor Person(string name, Guid id) => new(name, "authenticated", $$"""{"sub":"{{id}}","role":"authenticated"}""");

    /// <summary>
    /// Sends one statement through the app's login, in one batch with the switch of role.
    /// </summary>
    /// <returns>The number that a select counted, how many rows a change changed, or the SQLSTATE it was refused with.</returns>
    public async Task<string> TryAsync(
        NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        try
        {
            return await SendAsync(dataSource, sql, cancellationToken, parameters);
        }
        catch (PostgresException refusal)
        {
            return refusal.SqlState;
        }
    }

    /// <summary>As <see cref="TryAsync"/>, but a refusal is thrown.</summary>
    public async Task<string> SendAsync(
        NpgsqlDataSource dataSource, string sql, CancellationToken cancellationToken, params (string Name, object Value)[] parameters)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        if (Role is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)")
            {
                Parameters = { new NpgsqlParameter<string> { TypedValue = Role }, new NpgsqlParameter<string> { TypedValue = Claims } },
            });
        }

        var command = new NpgsqlBatchCommand(sql);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        batch.BatchCommands.Add(command);

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (Role is not null)
            await reader.NextResultAsync(cancellationToken);
        object? seen = reader.FieldCount > 0 && await reader.ReadAsync(cancellationToken) ? reader.GetValue(0) : null;
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return Convert.ToString(seen ?? command.RecordsAffected, CultureInfo.InvariantCulture)!;
    }
}
