using System.Globalization;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace MetaPrompt.Web.Features.History;

/// <summary>Results as a file: a hundred thousand are written as they come from the database, and none is held in memory.</summary>
public static class ResultExportEndpoint
{
    /// <summary>The most results that are chosen by their ids.</summary>
    public const int MostIds = 5_000;

    /// <summary>
    /// Maps <c>POST /results/export</c>: a form with an antiforgery token, a format, and either ids or the query of a list. A form,
    /// because the ids of hundreds of results do not fit an address.
    /// </summary>
    public static void MapHistory(this WebApplication app) => app.MapPost("/results/export", DownloadAsync)
        .RequireAuthorization().WithMetadata(new RequestSizeLimitAttribute(512 * 1024));

    private static async Task<IResult> DownloadAsync(
        HttpContext http, [FromForm] string? format, [FromForm] string? query, [FromForm] string? ids, ResultListQueries lists, ResultQueries results,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (format is not ("csv" or "json" or "promptfoo"))
            return Results.BadRequest();
        var (filter, oldestFirst) = ResultsUrl.Read(query);
        if (ids is not null)
        {
            // Of the chosen ones all, whatever the list was narrowed to when they were.
            filter = new ResultFilter { Ids = [.. ids.Split(',', StringSplitOptions.RemoveEmptyEntries).Take(MostIds).Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty)] };
        }

        var caller = http.User.Caller();
        var rows = lists.StreamAsync(caller, filter, oldestFirst, cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        var day = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (format == "promptfoo")
        {
            var config = new PromptfooResults();
            await foreach (var row in rows.ConfigureAwait(false))
            {
                if (!config.Add(row))
                    break;
            }

            var templates = await results.TemplatesAsync(caller, config.Versions, cancellationToken).ConfigureAwait(false);
            return Results.Text(config.Write(templates, day), "application/yaml; charset=utf-8").As("promptfooconfig.yaml");
        }

        return format == "csv"
            ? new Spooled(stream => ResultFiles.WriteCsvAsync(stream, rows, cancellationToken), "text/csv; charset=utf-8", $"results-{day}.csv")
            : new Spooled(stream => ResultFiles.WriteJsonAsync(stream, rows, cancellationToken), "application/json; charset=utf-8", $"results-{day}.json");
    }

    // First to a file of this machine's, then to whoever asked, so that one who reads slowly holds no connection to the database;
    // and what fails in the middle is an error, not half a file.
    private sealed class Spooled(Func<Stream, Task> write, string type, string name) : IResult
    {
        private const int InMemory = 1024 * 1024;

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await using var file = new FileBufferingWriteStream(InMemory);
            await write(file).ConfigureAwait(false);
            httpContext.Response.ContentType = type;
            httpContext.Response.ContentLength = file.Length;
            httpContext.Response.Headers.ContentDisposition = $"attachment; filename={name}";
            await file.DrainBufferAsync(httpContext.Response.Body, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }

    private static Download As(this IResult result, string name) => new(result, name);

    private sealed class Download(IResult result, string name) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.ContentDisposition = $"attachment; filename={name}";
            return result.ExecuteAsync(httpContext);
        }
    }
}
