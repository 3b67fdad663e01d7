using Npgsql;

namespace MetaPrompt.Data.Accounts;

/// <summary>What became of the wish to make somebody an administrator.</summary>
public enum AdministratorOutcome
{
    NoSuchAccount,
    AlreadyWas,
    Made,
}

/// <summary>Who looks after the site. Written with the owner's login only: nobody makes themselves one.</summary>
public sealed class AdministratorQueries(NpgsqlDataSource owner)
{
    private const string Make =
        """
        -- administrators.make
        with person as (
          select id from public.users where email = $1
        ), made as (
          insert into internal.administrators (user_id) select id from person on conflict do nothing returning user_id
        )
        select exists (select from person), exists (select from made)
        """;

    private const string EndSessions =
        """
        -- administrators.end_sessions
        with ended as (
          update internal.sessions s set revoked_at = now(), remote_token = null
          where s.revoked_at is null and s.expires_at > now()
            and ($1::text is null or s.user_id = (select u.id from public.users u where u.email = $1::text))
          returning s.user_id
        )
        select ($1::text is null or exists (select from public.users u where u.email = $1::text)), (select count(*) from ended)
        """;

    /// <summary>
    /// Ends the sessions of the account with this address (lower case), or everybody's where it is null. Returns how many; null
    /// where there is no such account. Nodes notice within a minute.
    /// </summary>
    public async Task<long?> EndSessionsAsync(string? email, CancellationToken cancellationToken)
    {
        await using var command = owner.CreateCommand(EndSessions);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)email ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return reader.GetBoolean(0) ? reader.GetInt64(1) : null;
    }

    /// <summary>Makes the account with this address (lower case) an administrator.</summary>
    public async Task<AdministratorOutcome> MakeAsync(string email, CancellationToken cancellationToken)
    {
        await using var command = owner.CreateCommand(Make);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = email });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        return (Exists: reader.GetBoolean(0), Made: reader.GetBoolean(1)) switch
        {
            { Made: true } => AdministratorOutcome.Made,
            { Exists: true } => AdministratorOutcome.AlreadyWas,
            _ => AdministratorOutcome.NoSuchAccount,
        };
    }
}
