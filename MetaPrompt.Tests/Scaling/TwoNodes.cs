using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Scaling;

/// <summary>
/// Two nodes, each a process, behind a sticky proxy; both reach one database through a PgBouncer in transaction mode, let a
/// replica answer visitors and share a Redis.
/// </summary>
public sealed class TwoNodes(Cluster cluster) : BrowserSite
{
    private StickyProxy _proxy = null!;

    /// <summary>Where people come to: the proxy.</summary>
    public override Uri Address => _proxy.Address;

    internal ProgramProcess[] Nodes { get; private set; } = [];

    internal RedisProcess Redis { get; private set; } = null!;

    internal ScriptedOpenAi Model { get; private set; } = null!;

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        Redis = await RedisProcess.StartAsync(stop);
        Model = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("Hello."));
        string[] settings =
        [
            "--ConnectionStrings:MetaPrompt", cluster.Pooler.App,
            "--ConnectionStrings:Session", cluster.Primary.App,
            "--Database:TransactionPooler", "true",
            "--Replicas:Hosts", cluster.Replica.Host,
            "--Redis:Connection", Redis.Connection,
            "--Drain:Seconds", "5",
            .. Model.Configuration().SelectMany(setting => new[] { "--" + setting.Key, setting.Value! }),
        ];
        Nodes = [new ProgramProcess(settings), new ProgramProcess(settings)];
        _proxy = await StickyProxy.StartAsync(Nodes.Select(node => node.Address), stop);
        await WholeAsync(stop);
    }

    /// <summary>Starts the nodes that do not run, and waits until the proxy has them.</summary>
    internal async Task WholeAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Nodes.Where(node => !node.Runs).Select(node => StartAsync(node, cancellationToken)));

        // A new visitor each time, who is given the next node.
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address };
        for (var last = ""; ; await Task.Delay(50, cancellationToken))
        {
            using var answer = await client.GetAsync(new Uri("health", UriKind.Relative), cancellationToken);
            var node = answer.IsSuccessStatusCode ? string.Concat(answer.Headers.GetValues(StickyProxy.NodeHeader)) : "";
            if (node.Length > 0 && last.Length > 0 && node != last)
                return;
            last = node;
        }
    }

    // The first page of a kind is compiled; nobody in a test is to wait for that.
    private static async Task StartAsync(ProgramProcess node, CancellationToken cancellationToken)
    {
        await node.StartAsync(cancellationToken);
        using var client = new HttpClient { BaseAddress = node.Address };
        await Task.WhenAll(new[] { "wizard", "templates" }.Select(page => client.GetByteArrayAsync(new Uri(page, UriKind.Relative), cancellationToken)));
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        foreach (var node in Nodes)
            await node.DisposeAsync();
        if (Model is not null)
            await Model.DisposeAsync();
        if (Redis is not null)
            await Redis.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
