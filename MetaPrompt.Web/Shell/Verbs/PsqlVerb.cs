using System.Diagnostics;
using MetaPrompt.Data.Database;
using Npgsql;

namespace MetaPrompt.Web.Shell.Verbs;

/// <summary>
/// <c>-- psql [ARGUMENTS]</c>: PostgreSQL's own prompt, as the owner, on the database the app uses. The embedded server is
/// started where it does not run, and stopped afterwards where nobody else uses it.
/// </summary>
internal static class PsqlVerb
{
    public static async Task<int> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var (settings, loggers) = Verbs.Read();
        using (loggers)
        {
            if (settings.AppConnectionString is not null)
                return await ShowAsync("psql", settings.MigratorConnectionString ?? throw Verbs.OwnerNeeded(), arguments, cancellationToken).ConfigureAwait(false);

            await using var embedded = await EmbeddedServer.StartAsync(settings.Embedded, loggers.CreateLogger<EmbeddedServer>(), cancellationToken).ConfigureAwait(false);
            var beside = embedded.Binaries.Program("psql");
            return await ShowAsync(File.Exists(beside) ? beside : "psql", embedded.OwnerConnectionString, arguments, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<int> ShowAsync(string program, string connection, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in LibpqEnvironment.Of(new NpgsqlConnectionStringBuilder(connection)))
            start.Environment[name] = value;

        // Ctrl+C is psql's: it ends a query there, and must not end this program, which stops the server afterwards.
        ConsoleCancelEventHandler keep = (_, pressed) => pressed.Cancel = true;
        Console.CancelKeyPress += keep;
        try
        {
            using var psql = Process.Start(start)!;
            await psql.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return psql.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            await Console.Error.WriteLineAsync("psql was not found. Install PostgreSQL's client (Debian: apt-get install postgresql-client).").ConfigureAwait(false);
            return 1;
        }
        finally
        {
            Console.CancelKeyPress -= keep;
        }
    }
}
