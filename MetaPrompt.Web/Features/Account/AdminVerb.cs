using MetaPrompt.Data.Accounts;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary><c>-- admin EMAIL</c>: makes an account an administrator.</summary>
public static class AdminVerb
{
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

        var outcome = await new AdministratorQueries(owner).MakeAsync(address, cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync(
            outcome switch
            {
                AdministratorOutcome.NoSuchAccount => $"There is no account with the address {address}. Sign up first, then run this again.",
                AdministratorOutcome.Made => $"{address} is an administrator now.",
                _ => $"{address} is an administrator already.",
            }).ConfigureAwait(false);
        return outcome == AdministratorOutcome.NoSuchAccount ? 1 : 0;
    }
}
