using MetaPrompt.Data.Accounts;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary><c>-- admin EMAIL</c>: makes an account an administrator.</summary>
public static class AdminVerb
{
    private const string Sql =
        """
        -- Admin.Make
        with person as (
          select id from public.users where email = $1
        ), made as (
          insert into internal.administrators (user_id) select id from person on conflict do nothing returning user_id
        )
        select exists (select from person), exists (select from made)
        """;

    /// <summary>Runs it with the owner's login and says on the console what came of it.</summary>
    /// <returns>The program's exit code: 0 where the account is an administrator now, 1 where there is no such account.</returns>
    public static Task<int> RunAsync(NpgsqlDataSource owner, string email, CancellationToken cancellationToken) =>
        RunAsync(owner, email, Console.Out, cancellationToken);

    internal static async Task<int> RunAsync(
        NpgsqlDataSource owner, string email, TextWriter output, CancellationToken cancellationToken)
    {
        if (EmailAddress.TryNormalise(email) is not { } address)
        {
            await output.WriteLineAsync($"\"{email}\" is no mail address. Usage: admin EMAIL").ConfigureAwait(false);
            return 1;
        }

        await using var command = owner.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var (exists, made) = (reader.GetBoolean(0), reader.GetBoolean(1));

        await output.WriteLineAsync(
            !exists ? $"There is no account with the address {address}. Sign up first, then run this again."
            : made ? $"{address} is an administrator now."
            : $"{address} is an administrator already.").ConfigureAwait(false);
        return exists ? 0 : 1;
    }
}
