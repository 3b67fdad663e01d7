using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>What is proposed to somebody who mistyped, is still typing, or has found one template and wants more.</summary>
public sealed class SearchAdviceTests(SearchAdviceTests.Gallery gallery) : IClassFixture<SearchAdviceTests.Gallery>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly GalleryQueries _gallery = new(gallery.Database.Db);

    [Theory]
    // Wrong, missing, superfluous, exchanged; a space missing; not finished.
    [InlineData("projekt", "project")]
    [InlineData("manger", "manager")]
    [InlineData("managger", "manager")]
    [InlineData("maanger", "manager")]
    [InlineData("Projekt MANAGR", "project manager")]
    [InlineData("projectmanager", "project manager")]
    [InlineData("proje", "project")]
    [InlineData("  weekly   meetng ", "weekly   meeting")]
    [InlineData("tag:workshop meetng", "tag:workshop meeting")]
    [InlineData("meetng -project", "meeting -project")]
    [InlineData("ménu", null)]
    [InlineData("ménuu", "menu")]
    // Nothing better than what was typed.
    [InlineData("project", null)]
    [InlineData("projects managing", null)]
    [InlineData("qqqqqqqq", null)]
    [InlineData("projekt qqqqqqqq", null)]
    [InlineData("-projekt", null)]
    [InlineData("tag:wokr", null)]
    [InlineData("%_*", null)]
    [InlineData("", null)]
    // A word that only a private template has is no advice.
    [InlineData("secrett", null)]
    public async Task Typos_are_mended_where_that_finds_something(string typed, string? advice) =>
        Assert.Equal(advice, (await _gallery.AdviseAsync(Caller.Anonymous, new TemplateSearch { Query = typed }, _ct)).DidYouMean);

    [Fact]
    public async Task Advice_finds_something_with_the_same_filters()
    {
        var search = new TemplateSearch { Query = "meetng", Category = "Travel" };
        Assert.Null((await _gallery.AdviseAsync(Caller.Anonymous, search, _ct)).DidYouMean);
        Assert.Equal("meeting", (await _gallery.AdviseAsync(Caller.Anonymous, search with { Category = "Work" }, _ct)).DidYouMean);
    }

    [Fact]
    public async Task A_template_that_went_private_takes_its_words_along()
    {
        await using var own = await TestDatabase.CreateAsync();
        var planted = new Planted { Author = await own.CreateUserAsync(), Title = "Xylophone lessons" };
        await planted.PlantAsync(own);
        await new CounterQueries(own.Db).KeepGalleryAsync(100, _ct);
        var queries = new GalleryQueries(own.Db);
        var search = new TemplateSearch { Query = "xylophoone lesons" };
        Assert.Equal("xylophone lessons", (await queries.AdviseAsync(Caller.Anonymous, search, _ct)).DidYouMean);

        await own.OwnerAsync("update public.prompts set is_public = false");

        Assert.Null((await queries.AdviseAsync(Caller.Anonymous, search, _ct)).DidYouMean);
        Assert.Empty(await queries.SuggestAsync(Caller.Anonymous, "xyl", 10, _ct));
        Assert.Empty((await queries.FacetsAsync(Caller.Anonymous, new TemplateSearch(), _ct)).Categories);
    }

    [Theory]
    [InlineData("proj", "title Project manager|title Project plan")]
    [InlineData("plan proj", "title Project plan")]
    [InlineData("project pl", "title Project plan")]
    [InlineData("CAF", "title Café menu")]
    [InlineData("wor", "category Work 3|tag work 2|tag workshop 1")]
    [InlineData("天", "title 东京天气预报")]
    [InlineData("天气预", "title 东京天气预报")]
    [InlineData("secr", "")]
    [InlineData("%", "")]
    [InlineData("_", "")]
    [InlineData("-", "")]
    [InlineData("project \"", "title Project manager|title Project plan")]
    public async Task What_is_being_typed_is_finished(string typed, string expected)
    {
        var found = await _gallery.SuggestAsync(Caller.Anonymous, typed, 10, _ct);

        Assert.Equal(expected, string.Join('|', found.Select(line => $"{line.Kind} {line.Text}{(line.Count is { } count ? " " + count : "")}")));
        Assert.All(found, line => Assert.Equal(line.Kind == "title", line.TemplateId is not null));
    }

    [Theory]
    [InlineData(int.MinValue, 1)]
    [InlineData(1, 1)]
    [InlineData(int.MaxValue, 10)]
    public async Task One_to_ten_lines_are_proposed(int size, int lines) =>
        Assert.Equal(lines, (await _gallery.SuggestAsync(Caller.Anonymous, "numbered", size, _ct)).Count);

    [Fact]
    public async Task Templates_with_the_same_rare_words_and_tags_are_alike()
    {
        var similar = await _gallery.SimilarAsync(Caller.Anonymous, gallery.Plan, 3, _ct);

        Assert.Equal(["Project manager", "Weekly meeting"], similar.Select(card => card.Title));
        Assert.DoesNotContain(gallery.Plan, similar.Select(card => card.TemplateId));
        Assert.Empty(await _gallery.SimilarAsync(Caller.Anonymous, gallery.Hidden, 3, _ct));
        Assert.Empty(await _gallery.SimilarAsync(Caller.Anonymous, Guid.NewGuid(), 3, _ct));
        Assert.DoesNotContain(gallery.Hidden, (await _gallery.SimilarAsync(Caller.Anonymous, gallery.Plan, int.MaxValue, _ct)).Select(card => card.TemplateId));
    }

    [Fact]
    public async Task No_text_whatever_is_an_error()
    {
        string[] pieces = ["a", "the", "-", "\"", "'", "\\", ":", "&", "|", "!", "(", "[", "*", "%", "_", "tag:", "author:", " ", "\n", "é", "漢字", "👍", "\0", "\ud83d", "\u200b", "c#", "$1", ".", "meetng"];
        var hostile = Gen.OneOf(
            Gen.OneOf<string>(pieces).Array[0, 10].Select(string.Concat),
            Gen.Char.Array[0, 40].Select(signs => new string(signs)),
            Gen.Select(Gen.OneOf<string>(pieces), Gen.Int[1, 10_000]).Select((piece, n) => string.Concat(Enumerable.Repeat(piece, n))));
        await Gen.Select(hostile, hostile).SampleAsync(async (query, tag) =>
        {
            var search = new TemplateSearch { Query = query, Tag = tag };
            await _gallery.AdviseAsync(Caller.Anonymous, search, _ct);
            await _gallery.AdviseAsync(Caller.Anonymous, search with { Tag = null }, _ct);
            await _gallery.FacetsAsync(Caller.Anonymous, search, _ct);
            await _gallery.SuggestAsync(Caller.Anonymous, query, 10, _ct);
        }, iter: 100, threads: 1);
    }

    /// <summary>A few templates whose words are learned.</summary>
    public sealed class Gallery : IAsyncLifetime
    {
        internal TestDatabase Database { get; private set; } = null!;

        internal Guid Plan { get; private set; }

        internal Guid Hidden { get; private set; }

        public async ValueTask InitializeAsync()
        {
            Database = await TestDatabase.CreateAsync();
            var author = await Database.CreateUserAsync(name: "Grace");
            var plan = new Planted { Author = author, Title = "Project plan", Category = "Work", Tags = ["work", "planning"], Likes = 3 };
            var hidden = new Planted { Author = author, Title = "Secret project", Goal = "secretly", Category = "Worries", Tags = ["worries"], IsPublic = false };
            await Planted.PlantAsync(Database, [
                plan, hidden,
                new Planted { Author = author, Title = "Project manager", Category = "Work", Tags = ["work"], Likes = 9 },
                new Planted { Author = author, Title = "Weekly meeting", Category = "Work", Tags = ["workshop"] },
                new Planted { Author = author, Title = "Café menu", Category = "Travel" },
                new Planted { Author = author, Title = "东京天气预报", Category = "Travel" },
                .. Enumerable.Range(1, 12).Select(n => new Planted { Author = author, Title = $"Numbered {n}", Likes = 20 + n }),
            ]);
            (Plan, Hidden) = (plan.Id, hidden.Id);
            while (await new CounterQueries(Database.Db).KeepGalleryAsync(5, TestContext.Current.CancellationToken) > 0)
            {
            }
        }

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
