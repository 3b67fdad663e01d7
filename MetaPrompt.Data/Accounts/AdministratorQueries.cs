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
