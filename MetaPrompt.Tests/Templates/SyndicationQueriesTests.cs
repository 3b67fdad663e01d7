using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>The gallery cut into sitemaps: nothing twice, nothing left out, also where many were published at one moment.</summary>
public sealed class SyndicationQueriesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_hold_every_public_template_and_author_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        var queries = new SyndicationQueries(database.Db);
        var authors = new List<Guid>();
        for (var i = 0; i < 5; i++)
            authors.Add(await database.CreateUserAsync());
        Planted[] templates =
        [
            .. Enumerable.Range(0, 23).Select(i => new Planted
            {
                Author = authors[i % 5],
                PublishedAt = new DateTime(2026, 1, 1 + (i / 6), 0, 0, 0, DateTimeKind.Utc),
                IsPublic = i % 7 != 0,
            }),
        ];
        await Planted.PlantAsync(database, templates);

        var starts = await queries.TemplateStartsAsync(4, Stop);
        var files = new List<Guid>();
        foreach (var start in starts)
        {
            var entries = await queries.TemplatesAsync(start, 4, Stop);
            Assert.InRange(entries.Count, 1, 4);
            files.AddRange(entries.Select(entry => entry.Id));
        }

        Assert.Equal(templates.Where(template => template.IsPublic).Select(template => template.Id).Order(), files.Order());

        var people = new List<Guid>();
        foreach (var start in await queries.AuthorStartsAsync(2, Stop))
            people.AddRange((await queries.AuthorsAsync(start, 2, Stop)).Select(entry => entry.Id));
        Assert.Equal(authors.Order(), people.Order());
    }

    [Fact]
    public async Task An_empty_gallery_has_no_files()
    {
        await using var database = await TestDatabase.CreateAsync();
        var queries = new SyndicationQueries(database.Db);

        Assert.Empty(await queries.TemplateStartsAsync(10_000, Stop));
        Assert.Empty(await queries.AuthorStartsAsync(10_000, Stop));
        Assert.Null(await queries.PictureAsync(Guid.NewGuid(), Stop));
    }
}
