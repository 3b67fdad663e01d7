using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;

namespace MetaPrompt.Tests.Scaling;

/// <summary>
/// A PgBouncer in transaction mode before <see cref="Primary"/>, with fewer connections than there are callers. It knows the
/// app's password as PostgreSQL does, by its SCRAM verifier only. script/bootstrap --tests installs the program.
/// </summary>
internal sealed class PgBouncerProcess : IAsyncDisposable
{
    private const int ServerConnections = 8;

    private readonly Process _process;

    private PgBouncerProcess(Process process, string app)
    {
        _process = process;
        App = app;
    }

    /// <summary>The app's login through it: <c>ConnectionStrings:MetaPrompt</c>, with <c>Database:TransactionPooler</c>.</summary>
    public string App { get; }

    /// <summary>Starts one and waits until it answers.</summary>
    public static async Task<PgBouncerProcess> StartAsync(Primary primary, CancellationToken cancellationToken)
    {
        var app = new NpgsqlConnectionStringBuilder(primary.App);
        var port = LocalPort.Free();
        var folder = Directory.CreateDirectory(Path.Combine(primary.Top, "pgbouncer")).FullName;
        var users = Path.Combine(folder, "users.txt");
        var settings = Path.Combine(folder, "pgbouncer.ini");
        var verifier = await primary.OwnerAsync($"select rolpassword from pg_authid where rolname = '{app.Username}'");
        await File.WriteAllTextAsync(users, $"\"{app.Username}\" \"{verifier}\"\n", cancellationToken);
        await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            {app.Database} = host={app.Host} port={app.Port}

            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {users}
            pool_mode = transaction
            default_pool_size = {ServerConnections}
            max_client_conn = 200

            """), cancellationToken);
        foreach (var path in new[] { folder, users, settings })
            primary.User.Own(path);

        var process = primary.User.Start(File.Exists("/usr/sbin/pgbouncer") ? "/usr/sbin/pgbouncer" : "pgbouncer", [settings], captureOutput: true);
        _ = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var said = process.StandardError.ReadToEndAsync(cancellationToken);
        while (true)
        {
            if (process.HasExited)
                throw new InvalidOperationException($"PgBouncer ended with {process.ExitCode}: {await said}");
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                app.Host = "127.0.0.1";
                app.Port = port;
                return new PgBouncerProcess(process, app.ConnectionString);
            }
            catch (SocketException)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
