using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.SessionAffinity;
using Yarp.ReverseProxy.Transforms;

namespace MetaPrompt.Tests.Scaling;

/// <summary>
/// What stands before several nodes: a person stays at one of them by a cookie, as a circuit needs, until its <c>/health</c>
/// says that nobody is there. Answers name their node in <see cref="NodeHeader"/>.
/// </summary>
internal sealed class StickyProxy : IAsyncDisposable
{
    /// <summary>The header with the number of the node that answered.</summary>
    public const string NodeHeader = "x-node";

    private readonly WebApplication _app;

    private StickyProxy(WebApplication app) => _app = app;

    /// <summary>Where people come to.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Starts it before these nodes.</summary>
    public static async Task<StickyProxy> StartAsync(IEnumerable<Uri> nodes, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddReverseProxy()
            .LoadFromMemory([Route()], [Cluster(nodes)])
            .AddTransforms(context =>
            {
                context.AddOriginalHost();
                context.AddResponseTransform(answer =>
                {
                    answer.HttpContext.Response.Headers[NodeHeader] = answer.HttpContext.GetReverseProxyFeature().ProxiedDestination?.DestinationId;
                    return ValueTask.CompletedTask;
                });
            });
        var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync(cancellationToken);
        return new StickyProxy(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static RouteConfig Route() => new() { RouteId = "all", ClusterId = "nodes", Match = new RouteMatch { Path = "{**path}" } };

    private static ClusterConfig Cluster(IEnumerable<Uri> nodes) => new()
    {
        ClusterId = "nodes",
        LoadBalancingPolicy = LoadBalancingPolicies.RoundRobin,
        SessionAffinity = new SessionAffinityConfig
        {
            Enabled = true,
            Policy = SessionAffinityConstants.Policies.HashCookie,
            FailurePolicy = SessionAffinityConstants.FailurePolicies.Redistribute,
            AffinityKeyName = "node",
        },
        HealthCheck = new HealthCheckConfig
        {
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Interval = TimeSpan.FromMilliseconds(300),
                Timeout = TimeSpan.FromSeconds(5),
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                Path = "/health",
            },
        },
        Metadata = new Dictionary<string, string> { [ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName] = "1" },
        Destinations = nodes.Select((node, number) => (node, number)).ToDictionary(
            one => one.number.ToString(CultureInfo.InvariantCulture), one => new DestinationConfig { Address = one.node.ToString() }),
    };
}
