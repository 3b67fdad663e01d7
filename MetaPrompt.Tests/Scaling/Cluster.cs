using Xunit;

namespace MetaPrompt.Tests.Scaling;

/// <summary>A primary, a replica of it and a PgBouncer before it: made once for all tests of this folder, which run one after another.</summary>
public sealed class Cluster : IAsyncLifetime
{
    internal const string Name = "a cluster";

    internal Primary Primary { get; } = new();

    internal Replica Replica { get; private set; } = null!;

    internal PgBouncerProcess Pooler { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        await Primary.StartAsync(stop);
        Replica = new Replica(Primary, 5433);
        await Replica.MakeAsync(stop);
        Pooler = await PgBouncerProcess.StartAsync(Primary, stop);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Pooler is not null)
            await Pooler.DisposeAsync();
        if (Replica is not null)
            await Replica.DisposeAsync();
        await Primary.DisposeAsync();
    }
}

/// <summary>Tests that use the cluster.</summary>
[CollectionDefinition(Cluster.Name)]
public sealed class ClusterTests : ICollectionFixture<Cluster>;
