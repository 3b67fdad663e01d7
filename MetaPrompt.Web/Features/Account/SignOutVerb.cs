using MetaPrompt.Data.Accounts;
using Npgsql;

namespace MetaPrompt.Web.Features.Account;

/// <summary><c>-- sign-out EMAIL</c>, <c>-- sign-out everyone</c>: ends sessions that somebody else may have got hold of.</summary>
internal static class SignOutVerb
{
    private const string Everyone = "everyone";

    /// <summary>Runs it with the owner's login and says what came of it.</summary>
    /// <returns>The program's exit code: 0 where sessions are ended now, 1 where there is no such account.</returns>
    public static async Task<int> RunAsync(NpgsqlDataSource owner, string whom, TextWriter output, CancellationToken cancellationToken)
    {
        var address = whom == Everyone ? null : EmailAddress.TryNormalise(whom);
        if (address is null && whom != Everyone)
        {
            await output.WriteLineAsync($"\"{whom}\" is no mail address. Usage: sign-out EMAIL, or sign-out {Everyone}").ConfigureAwait(false);
            return 1;
        }

        var ended = await new AdministratorQueries(owner).EndSessionsAsync(address, cancellationToken).ConfigureAwait(false);
        await output.WriteLineAsync(
            ended is not { } count ? $"There is no account with the address {address}."
            : $"{(count == 1 ? "One session is" : $"{count:N0} sessions are")} ended. Open pages notice within a minute.").ConfigureAwait(false);
        return ended is null ? 1 : 0;
    }
}
