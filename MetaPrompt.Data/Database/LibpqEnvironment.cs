using System.Globalization;
using Npgsql;

namespace MetaPrompt.Data.Database;

/// <summary>An address as PostgreSQL's own programs read it from their environment.</summary>
public static class LibpqEnvironment
{
    /// <summary>
    /// Through the environment, where other users cannot read the password as they could on the command line.
    /// </summary>
    public static IEnumerable<(string Name, string? Value)> Of(NpgsqlConnectionStringBuilder address)
    {
        ArgumentNullException.ThrowIfNull(address);
        yield return ("PGHOST", address.Host);
        yield return ("PGPORT", address.Port.ToString(CultureInfo.InvariantCulture));
        yield return ("PGDATABASE", address.Database);
        yield return ("PGUSER", address.Username);
        yield return ("PGPASSWORD", address.Password);
        yield return ("PGSSLMODE", address.SslMode switch
        {
            SslMode.VerifyCA => "verify-ca",
            SslMode.VerifyFull => "verify-full",
            var mode => mode.ToString().ToLowerInvariant(),
        });
        if (address.RootCertificate is { } certificate)
            yield return ("PGSSLROOTCERT", certificate);
    }
}
