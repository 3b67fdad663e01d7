using MetaPrompt.Tests.Infrastructure;
using Npgsql;

namespace MetaPrompt.Tests.Faults;

/// <summary>The program with something between it and its database, and less patience than usual.</summary>
public class ProxiedSite : BrowserSite
{
    private FaultProxy? _proxy;

    /// <summary>What stands between.</summary>
    internal FaultProxy Proxy => _proxy ??= FaultProxy.Before(
        Path.Combine(new NpgsqlConnectionStringBuilder(Database.AppConnectionString).Host!, ".s.PGSQL.5432"));

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Value)> Settings
    {
        get
        {
            var address = new NpgsqlConnectionStringBuilder(Database.AppConnectionString) { Host = "127.0.0.1", Port = Proxy.Port, Timeout = 2, CommandTimeout = 2 };
            Tune(address);
            yield return ("ConnectionStrings:MetaPrompt", address.ConnectionString);
        }
    }

    /// <summary>What else the app's connections shall be.</summary>
    protected virtual void Tune(NpgsqlConnectionStringBuilder address)
    {
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _proxy?.Be(Way.Open);
        await base.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
