using System.Security.Cryptography;
using System.Text;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Prompting;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Net.Http.Headers;

namespace MetaPrompt.Web.Features.Syndication;

/// <summary>
/// Pictures for link previews. Whether a template may be seen is asked every time, which is cheap; what it looks like is
/// drawn once and kept under the tag of its contents, so a kept picture is never an old one.
/// </summary>
internal sealed class Pictures(SyndicationQueries queries) : IDisposable
{
    // About eight hundred pictures.
    private readonly MemoryCache _drawn = new(new MemoryCacheOptions { SizeLimit = 32 * 1024 * 1024 });

    // Drawing is all work: somebody who asks for a thousand pictures gets them one after another, and pages go on meanwhile.
    private readonly SemaphoreSlim _pens = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>The site's own picture.</summary>
    public Task<IResult> OfSiteAsync(HttpContext context) =>
        AnswerAsync(context, "site", () => SocialPicture.Draw("Say what you want. Get a prompt that works.", null, ["product", "readers", "changes", "max_items"], null));

    /// <summary>A template's picture; 404 where a visitor with its address would find nothing.</summary>
    public async Task<IResult> OfTemplateAsync(HttpContext context, Guid id)
    {
        if (await queries.PictureAsync(id, context.RequestAborted) is not { } facts)
            return Results.NotFound();
        var author = facts.AuthorName ?? "Unnamed author";
        string[] variables = [.. PromptVariables.FromJson(facts.Variables).Select(variable => variable.Name).Take(12)];
        var contents = string.Join('\n', [facts.Title, facts.Category, author, facts.UpdatedAt.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture), .. variables]);
        return await AnswerAsync(context, contents, () => SocialPicture.Draw(facts.Title, facts.Category, variables, author));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _drawn.Dispose();
        _pens.Dispose();
    }

    private async Task<IResult> AnswerAsync(HttpContext context, string contents, Func<byte[]> draw)
    {
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(SocialPicture.Version + contents)).AsSpan(0, 12))}\"");
        SyndicationEndpoints.Share(context, TimeSpan.FromDays(1));
        if (EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known) && known.Any(one => one.Compare(tag, useStrongComparison: false)))
        {
            context.Response.GetTypedHeaders().ETag = tag;
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        if (!_drawn.TryGetValue(tag, out byte[]? png))
        {
            await _pens.WaitAsync(context.RequestAborted);
            try
            {
                if (!_drawn.TryGetValue(tag, out png))
                {
                    png = await Task.Run(draw, context.RequestAborted);
                    _drawn.Set(tag, png, new MemoryCacheEntryOptions { Size = png.Length, SlidingExpiration = TimeSpan.FromHours(1) });
                }
            }
            finally
            {
                _pens.Release();
            }
        }

        return Results.Bytes(png!, "image/png", entityTag: tag);
    }
}
