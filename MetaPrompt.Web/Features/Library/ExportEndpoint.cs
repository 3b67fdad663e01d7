using System.IO.Compression;
using System.Text;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting.Importing;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Mvc;

namespace MetaPrompt.Web.Features.Library;

/// <summary>The download behind the export page.</summary>
public static class ExportEndpoint
{
    /// <summary>
    /// Maps <c>POST /prompts/export/file</c>: a form with an antiforgery token, a format and ids. A form, because the ids of
    /// hundreds of prompts do not fit an address.
    /// </summary>
    public static void MapExport(this WebApplication app) => app.MapPost("/prompts/export/file", DownloadAsync)
        .RequireAuthorization().WithMetadata(new RequestSizeLimitAttribute(512 * 1024));

    /// <summary>The ids in "id,id,…"; what is none is passed over.</summary>
    internal static IReadOnlyList<Guid> Ids(string? text) => string.IsNullOrWhiteSpace(text) ? []
        : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Take(TransferQueries.MaxPrompts)
            // An id that is none finds nothing, which is not the same as "all".
            .Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty).Distinct()];

    private static async Task<IResult> DownloadAsync(
        HttpContext http, [FromForm] string? format, [FromForm] string? ids, TransferQueries transfer, CancellationToken cancellationToken)
    {
        if (!Enum.TryParse<PromptFormat>(format, out var chosen) || !Enum.IsDefined(chosen))
            return Results.BadRequest();
        var found = await transfer.ExportAsync(http.User.Caller(), Ids(ids), cancellationToken).ConfigureAwait(false);
        var exported = PromptExport.Write([.. found.Select(Imported.Portable)], chosen);
        if (exported.Files.Count == 0)
            return Results.LocalRedirect("/prompts");
        http.Response.Headers.CacheControl = "no-store";
        return exported.Files is [var one]
            ? Results.File(Encoding.UTF8.GetBytes(one.Text), PromptFormatFacts.Of(chosen).ContentType, one.Name)
            : Results.File(Zip(exported.Files), "application/zip", $"prompts-{chosen.ToString().ToLowerInvariant()}.zip");
    }

    private static byte[] Zip(IReadOnlyList<ExportedFile> files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                using var entry = archive.CreateEntry(file.Name).Open();
                entry.Write(Encoding.UTF8.GetBytes(file.Text));
            }
        }

        return stream.ToArray();
    }
}
