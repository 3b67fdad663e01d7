using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Diagnostics;

namespace MetaPrompt.Web.Shell.Guarding;

/// <summary>
/// Tells <see cref="SecurityLog"/> of requests that were refused: for their origin or token, their size or rate, a missing right;
/// and of those that named a row which is not there or not theirs, which are the same answer.
/// </summary>
internal sealed class Refusals(RequestDelegate next, SecurityLog log)
{
    /// <summary>Looks at the answer.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        // The page that tells of a refusal is asked for within the same request, which was told of.
        var status = context.Response.StatusCode;
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is null && IsRefusal(status, context.Request.RouteValues.Count > 0))
            log.Refused(status, Known(context.Request.Method), (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "an unknown address", context.User.UserId());
    }

    internal static bool IsRefusal(int status, bool namesARow) => status is 400 or 401 or 403 or 413 or 414 or 415 or 421 or 429 or 431 || (status == 404 && namesARow);

    // Anything can stand where a method stands.
    private static string Known(string method) => HttpMethods.IsGet(method) || HttpMethods.IsPost(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) ? method : "another method";
}
