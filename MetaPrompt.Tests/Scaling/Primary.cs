using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace MetaPrompt.Tests.Scaling;

/// <summary>A migrated PostgreSQL that replicas can be made of. It waits for its own log, as a real one does, but not for the disk.</summary>
internal sealed class Primary : IAsyncDisposable
{
    private readonly EmbeddedPlace _place = new();
    private EmbeddedServer? _server;

    /// <summary>The app's login.</summary>
    public string App => _server!.AppConnectionString;

    /// <summary>The owner's login.</summary>
    public string Owner => _server!.OwnerConnectionString;

    /// <summary>The folder everything of this server and its replicas is below.</summary>
    public string Top => _place.Top;

    /// <summary>The folder of its socket.</summary>
    public string SocketFolder => new NpgsqlConnectionStringBuilder(App).Host!;

    /// <summary>The programs it runs from.</summary>
    public PostgresBinaries Binaries => _server!.Binaries;

    /// <summary>The account it runs under, and what belongs to it has to.</summary>
    public ServerUser User { get; private set; } = ServerUser.Current;

    /// <summary>Starts and migrates it.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = new EmbeddedOptions { DataFolder = _place.Folder, Volatile = true };
        _server = await EmbeddedServer.StartAsync(options, NullLogger.Instance, cancellationToken);
        User = await ServerUser.ForAsync(_place.Cluster, cancellationToken);
        await EmbeddedPlace.ExecuteAsync(_server, "alter system set synchronous_commit = on");
        await EmbeddedPlace.ExecuteAsync(_server, "select pg_reload_conf()");
        await new Migrator(Owner, Migration.All, Migration.LocalSupabase, NullLogger.Instance).MigrateAsync(cancellationToken);
        await RunningDatabase.SetAppPasswordAsync(_server, cancellationToken);
    }

    /// <summary>The first value of a query that is run as the owner.</summary>
    public Task<object?> OwnerAsync(string sql) => EmbeddedPlace.ExecuteAsync(_server!, sql);

    /// <summary>A new account. Returns its id.</summary>
    public async Task<Guid> CreateUserAsync() => (Guid)(await OwnerAsync(
        "insert into auth.users (id, email, email_confirmed_at) select id, id || '@example.test', now() from gen_random_uuid() id returning id"))!;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        await _place.DisposeAsync();
    }
}
