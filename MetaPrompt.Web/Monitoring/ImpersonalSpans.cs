using System.Diagnostics;
using OpenTelemetry;

namespace MetaPrompt.Web.Monitoring;

/// <summary>
/// Takes from every span what may be somebody's: addresses with ids, links' tokens and searches in them, browsers, messages of
/// errors. What stays is on a list; a tag that a newer library adds is not.
/// </summary>
internal sealed class ImpersonalSpans : BaseProcessor<Activity>
{
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        "http.request.method", "http.route", "http.response.status_code", "url.scheme", "network.protocol.version", "error.type",
        "db.system.name", "db.query.summary",
        "aspnetcore.components.type", "aspnetcore.components.method", "aspnetcore.components.attribute.name", "aspnetcore.components.route",
    };

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        ArgumentNullException.ThrowIfNull(data);
        foreach (var (name, _) in data.TagObjects.ToArray())
        {
            if (!Kept.Contains(name))
                data.SetTag(name, null);
        }

        if (data.StatusDescription is not null)
            data.SetStatus(data.Status);
    }
}
