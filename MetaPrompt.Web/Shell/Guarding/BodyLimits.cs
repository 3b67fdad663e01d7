using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// How large what is sent may be: a form's usual size, unless the endpoint names another (<c>RequestSizeLimit</c>). Who says
/// beforehand that it is more is told so on a page; who does not is cut off where the limit is.
/// </summary>
internal sealed class BodyLimits(RequestDelegate next)
{
    /// <summary>The longest note, report and list of ids of a page's checkboxes fit several times.</summary>
    public const long Form = 256 * 1024;

    /// <summary>
    /// One message of a circuit. A template may have half a million characters, and a field sends all of them at once, up to four
    /// bytes each and some escaped.
    /// </summary>
    public const long CircuitMessage = 4 * 1024 * 1024;

    /// <summary>Sets the limit and looks at the announced length.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize
            // Where there is no web socket, messages are posted.
            ?? (context.Request.Path == "/_blazor" ? CircuitMessage + 1024 : Form);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit;
        return context.Request.ContentLength > limit ? RefusalPage.TooLargeAsync(context, limit) : next(context);
    }
}
