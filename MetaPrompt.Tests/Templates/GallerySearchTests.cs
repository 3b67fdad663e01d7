using System.Globalization;
using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>What a person may type into the gallery's search, and what its address may hold.</summary>
public sealed class GallerySearchTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly GalleryQueries _gallery = new(database.Db);

    [Theory]
    // Words in any order, in any form, with or without accents.
    [InlineData("blog writing ideas", true)]
    [InlineData("idea BLOGS write", true)]
    [InlineData("  ideas\t blog\u00a0 ", true)]
    [InlineData("blog recipes", false)]
    [InlineData("cafe menu", true)]
    [InlineData("CAFÉ menu", true)]
    [InlineData("senor", true)]
    [InlineData("für Straße", true)]
    [InlineData("fur strasse", true)]
    [InlineData("москва", true)]
    // A word in the title, the goal, the template, a tag, the category, the author's name.
    [InlineData("goalword", true)]
    [InlineData("templateword", true)]
    [InlineData("tagword", true)]
    [InlineData("Categoryword", true)]
    [InlineData("lovelace", true)]
    [InlineData("goalword templateword tagword lovelace blog", true)]
    // Phrases.
    [InlineData("\"writing blog\"", true)]
    [InlineData("\"write blogs\"", true)]
    [InlineData("\"blog writing\"", false)]
    [InlineData("\"Write blogs with ideas\"", true)]
    [InlineData("\"ideas writing\"", false)]
    [InlineData("\"ideas goalword\"", false)]
    [InlineData("\"writing blog", true)]
    [InlineData("\"\"", false)]
    // Words that must not be there.
    [InlineData("blog -recipes", true)]
    [InlineData("blog -idea", false)]
    [InlineData("blog -\"writing blog\"", false)]
    [InlineData("blog -\"blog writing\"", true)]
    [InlineData("-recipes", true)]
    [InlineData("-blog", false)]
    [InlineData("--", false)]
    // Tags and categories.
    [InlineData("tag:tagword", true)]
    [InlineData("TAG:TagWord", true)]
    [InlineData("tag:tag", false)]
    [InlineData("tag:\"two words\"", true)]
    [InlineData("tag:two_words", true)]
    [InlineData("tag:snake_case", true)]
    [InlineData("tag:back\\slash", true)]
    [InlineData("tag:it's", true)]
    [InlineData("tag:c++", true)]
    [InlineData("tag:&|!()<->:*", false)]
    [InlineData("-tag:tagword", false)]
    [InlineData("blog -tag:other", true)]
    [InlineData("category:categoryword", true)]
    [InlineData("cat:CATEGORYWORD blog", true)]
    [InlineData("category:other", false)]
    [InlineData("tag:", false)]
    // What programmers write.
    [InlineData("typescript", true)]
    [InlineData("javascript/typescript", true)]
    [InlineData("node", true)]
    [InlineData("Node.js", true)]
    [InlineData("gpt 4", true)]
    [InlineData("GPT-4", true)]
    [InlineData("instructions", true)]
    [InlineData("example.com", true)]
    // Signs and operators are text: they match nothing that is not there, and everything else stays as it is.
    [InlineData("%", false)]
    [InlineData("_", false)]
    [InlineData("*", false)]
    [InlineData("blo%", false)]
    [InlineData("blo*", false)]
    [InlineData("blo:*", false)]
    [InlineData("b_og", false)]
    [InlineData("blog & recipes", false)]
    [InlineData("blog | recipes", false)]
    [InlineData("blog | ideas", true)]
    [InlineData("!blog", true)]
    [InlineData("blog <-> writing", true)]
    [InlineData("(blog)", true)]
    [InlineData("'blog'", true)]
    // Words so common that they are left out, unless there are no others.
    [InlineData("the blog of ideas", true)]
    [InlineData("with", true)]
    [InlineData("nobodyelses", false)]
    public async Task A_search_finds_it_or_does_not(string query, bool found)
    {
        var author = await database.CreateUserAsync(name: "Ada Lovelace " + Guid.NewGuid().ToString("N"));
        var id = await new Planted
        {
            Author = author,
            Title = "Writing blog with ideas",
            Goal = "Goalword for a Café menu, señor. Für die Straße in Москва.",
            Template = "Templateword <instructions>JavaScript/TypeScript, Node.js and GPT-4</instructions> see https://example.com/a?b=c",
            Category = "Categoryword",
            Tags = ["tagword", "two words", "snake_case", "back\\slash", "it's", "c++"],
        }.PlantAsync(database);

        foreach (var sort in new[] { TemplateSort.Best, TemplateSort.Newest })
        {
            var cards = await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = query, AuthorId = author, Sort = sort }, _ct);
            Assert.Equal(found ? [id] : [], cards.Select(card => card.TemplateId));
        }
    }

    [Fact]
    public async Task A_template_whose_title_is_the_query_comes_first_though_nobody_likes_it_yet()
    {
        var author = await database.CreateUserAsync();
        var exact = new Planted { Author = author, Title = "Zebra crossing planner" };
        await Planted.PlantAsync(database, [
            exact,
            .. Enumerable.Range(0, 450).Select(i => new Planted { Author = author, Title = $"Zebra crossing planner number {i}", Likes = 1000 + i }),
            .. Enumerable.Range(0, 450).Select(i => new Planted { Author = author, Title = "Something", Goal = "zebra crossing planner", Likes = 100_000 + i }),
        ]);

        var cards = await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "zebra crossing planner", AuthorId = author }, _ct);

        Assert.Equal(exact.Id, cards[0].TemplateId);
    }

    [Fact]
    public async Task A_sheet_of_blank_filters_is_no_filter()
    {
        var author = await database.CreateUserAsync();
        await new Planted { Author = author }.PlantAsync(database);

        Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = " ", Category = "", Tag = "\t", AuthorId = author }, _ct));
    }

    [Theory]
    [InlineData(int.MinValue, 1)]
    [InlineData(0, 1)]
    [InlineData(3, 3)]
    [InlineData(int.MaxValue, 100)]
    public async Task A_page_has_one_to_a_hundred_cards(int size, int cards)
    {
        var author = await database.CreateUserAsync();
        await Planted.PlantAsync(database, [.. Enumerable.Range(0, 101).Select(_ => new Planted { Author = author })]);

        Assert.Equal(cards, (await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author, Size = size }, _ct)).Count);
        // Also where somebody asks the function itself.
        Assert.Equal(cards, await database.OwnerScalarAsync<long>(
            "select count(*) from public.search_templates(author_filter => @author, page_size => @size)", ("author", author), ("size", size)));
    }

    [Fact]
    public async Task No_text_whatever_is_an_error()
    {
        await new Planted { Author = await database.CreateUserAsync(), Title = "a b c", Tags = ["a"] }.PlantAsync(database);
        string[] pieces =
        [
            "a", "the", "-", "\"", "'", "\\", ":", "&", "|", "!", "(", ")", "<->", "<2>", "*", "%", "_", "tag:", "cat:", "category:", " ", "\t", "\n",
            "é", "ß", "漢字", "👍", "\0", "\ud83d", "\u200b", "\u00a0", "İ", "e\u0301", "$1", "::tsquery", "--", "/*", "'||'", "{{x}}", ".", "/", "@", "#", "<b>", "-1", "1e9",
        ];
        var hostile = Gen.OneOf(
            Gen.OneOf<string>(pieces).Array[0, 12].Select(string.Concat),
            Gen.Char.Array[0, 40].Select(signs => new string(signs)),
            Gen.Select(Gen.OneOf<string>(pieces), Gen.Int[1, 3000]).Select((piece, n) => string.Concat(Enumerable.Repeat(piece, n))));
        await Gen.Select(hostile, hostile, hostile, Gen.Enum<TemplateSort>()).SampleAsync(async (query, tag, category, sort) =>
        {
            await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = query, Sort = sort }, _ct);
            await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "a " + query, Tag = tag, Category = category, Sort = sort }, _ct);
        }, iter: 250, threads: 1);
    }

    [Fact]
    public async Task A_cursor_that_somebody_edited_is_no_cursor_or_a_harmless_one()
    {
        var author = await database.CreateUserAsync();
        await Planted.PlantAsync(database, [.. Enumerable.Range(0, 5).Select(i => new Planted { Author = author, Likes = i })]);
        string[] values =
        [
            "", "1", "-1", "2147483648", "99999999999999999999", "1e5", "1.5", ".5", "5.", "NaN", "Infinity", "-Infinity", "null", "0x10", "1_000", "١", " 1", "1 ", "+1",
            "2026-01-01", "2026-01", "12:00", "November 5", "5.11.2026", "01/13/2026", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00.123456+00", "0001-01-01", "9999-12-31T23:59:59.9999999",
            "0001-01-01T00:00:00+14:00", "now", "infinity", "epoch", "2026-02-30", "' or 1=1 --", "a~b", "\0", "\ud83d",
        ];
        string[] ids = ["", "x", Guid.Empty.ToString("N"), Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("D"), new string('f', 32), "'"];
        var text = Gen.OneOf(
            Gen.OneOf<string>(values).Select(value => $"{value}~{Guid.NewGuid():N}"),
            Gen.Select(Gen.OneOf<string>(values), Gen.OneOf<string>("~", "", "~~"), Gen.OneOf<string>(ids)).Select((value, cut, id) => value + cut + id),
            Gen.Select(Gen.Char.Array[0, 12], Gen.OneOf<string>(ids)).Select((value, id) => new string(value) + "~" + id),
            Gen.Char.Array[0, 150].Select(signs => new string(signs)));
        var harmless = 0;
        await Gen.Select(text, Gen.Enum<TemplateSort>(), Gen.Bool).SampleAsync(async (after, sort, hasQuery) =>
        {
            if (GalleryQueries.ParseCursor(after, sort, hasQuery) is not { } cursor)
                return;
            harmless++;
            var search = new TemplateSearch { AuthorId = author, Query = hasQuery ? "title" : null, Sort = sort, After = cursor };
            Assert.InRange((await _gallery.SearchAsync(Caller.Anonymous, search, _ct)).Count, 0, 5);
        }, iter: 1500, threads: 1);

        Assert.True(harmless > 20, harmless.ToString(CultureInfo.InvariantCulture));
        Assert.Null(GalleryQueries.ParseCursor(null, TemplateSort.Likes, hasQuery: false));
    }

    [Fact]
    public async Task Categories_are_counted_the_largest_first()
    {
        await using var own = await TestDatabase.CreateAsync();
        var author = await own.CreateUserAsync();
        await Planted.PlantAsync(own, [
            new Planted { Author = author, Category = "One" }, new Planted { Author = author, Category = "Two" }, new Planted { Author = author, Category = "Two" },
            new Planted { Author = author, Category = "Another" }, new Planted { Author = author }, new Planted { Author = author, Category = "Hidden", IsPublic = false },
        ]);

        var categories = await new GalleryQueries(own.Db).CategoriesAsync(Caller.Anonymous, _ct);

        Assert.Equal([("Two", 2L), ("Another", 1), ("One", 1)], categories.Select(category => (category.Category, category.Templates)));
    }

    [Fact]
    public async Task An_authors_profile_counts_what_is_published_and_shows_no_address()
    {
        var author = await database.CreateUserAsync("hidden@example.test", "Ada");
        await Planted.PlantAsync(database, [
            new Planted { Author = author, Likes = 3 }, new Planted { Author = author, Likes = 4 }, new Planted { Author = author, Likes = 100, IsPublic = false },
        ]);

        var profile = (await new AuthorQueries(database.Db).FindAsync(Caller.Anonymous, author, _ct))!;

        Assert.Equal((author, "Ada", 2L, 7L), (profile.Id, profile.FullName, profile.Templates, profile.Likes));
        Assert.DoesNotContain("hidden", profile.ToString(), StringComparison.Ordinal);
        Assert.Null(await new AuthorQueries(database.Db).FindAsync(Caller.Anonymous, Guid.NewGuid(), _ct));
        Assert.Null(await new AuthorQueries(database.Db).FindAsync(Caller.Anonymous, await database.CreateUserAsync(name: "Lurker"), _ct));
    }
}
