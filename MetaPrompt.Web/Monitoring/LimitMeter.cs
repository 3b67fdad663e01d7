using System.Diagnostics.Metrics;

namespace MetaPrompt.Web.Monitoring;

/// <summary>Counts how often somebody met a limit of this program's own, as the metric <c>metaprompt.limits.reached</c>; ASP.NET counts those of requests.</summary>
public sealed class LimitMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "MetaPrompt.Limits";

    /// <summary>A person asked models for something too often in a minute.</summary>
    public const string ModelRequests = "model_requests";

    /// <summary>All visitors together did in an hour.</summary>
    public const string VisitorRequests = "visitor_requests";

    /// <summary>An open page sent more than it may, and was slowed down; counted once a minute and page.</summary>
    public const string PageSlowed = "page_slowed";

    /// <summary>An open page sent so much more that it was ended.</summary>
    public const string PageEnded = "page_ended";

    private readonly Counter<long> _reached;

    /// <param name="meters">Makes the instrument.</param>
    public LimitMeter(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _reached = meters.Create(Name).CreateCounter<long>("metaprompt.limits.reached", "{time}", "How often a limit was met, by which.");
    }

    /// <summary>A limit was met.</summary>
    public void Reached(string kind) => _reached.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
