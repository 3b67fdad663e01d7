using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>Search in other letters, in names that are more than letters, and by author.</summary>
public sealed class SearchScriptsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly GalleryQueries _gallery = new(database.Db);

    [Theory]
    // Chinese, Japanese, Korean, Thai: any part of what is written, and not its letters in another order.
    [InlineData("东京天气预报", "天气", true)]
    [InlineData("东京天气预报", "东京天气预报", true)]
    [InlineData("东京天气预报", "京天", true)]
    [InlineData("东京天气预报", "报", true)]
    [InlineData("东京天气预报", "东", true)]
    [InlineData("东京天气预报", "天京", false)]
    [InlineData("东京天气预报", "气报", false)]
    [InlineData("东京天气预报", "预报 东京", true)]
    [InlineData("东京天气预报", "\"天气预报\"", true)]
    [InlineData("东京天气预报", "东京 -天气", false)]
    [InlineData("东京天气预报 GPT-4", "gpt 天气", true)]
    [InlineData("用Python写代码", "Python代码", true)]
    [InlineData("プロンプトを作成する", "プロンプト", true)]
    [InlineData("プロンプトを作成する", "ﾌﾟﾛﾝﾌﾟﾄ", true)]
    [InlineData("프롬프트를 작성", "프롬프트", true)]
    [InlineData("ภาษาไทยสวยงาม", "ไทย", true)]
    [InlineData("ภาษาไทยสวยงาม", "ไทยภาษา", false)]
    // Cyrillic, Greek, Arabic: one spelling.
    [InlineData("Ёлка в лесу", "елка", true)]
    [InlineData("Елка в лесу", "ЁЛКА", true)]
    [InlineData("Καλημέρα κόσμε", "ΚΑΛΗΜΕΡΑ ΚΟΣΜΕ", true)]
    [InlineData("λόγος", "ΛΟΓΟΣ", true)]
    [InlineData("مُحَمَّد أحمد", "محمد احمد", true)]
    [InlineData("إدارة الوقت", "ادارة", true)]
    [InlineData("كتـــاب", "كتاب", true)]
    [InlineData("نسخة ٢٠٢٦", "2026", true)]
    [InlineData("ＦＵＬＬ width", "full", true)]
    // Names with signs are words of their own.
    [InlineData("A C# review", "C#", true)]
    [InlineData("A C# review", "c", false)]
    [InlineData("A C# review", "F#", false)]
    [InlineData("A C++ review", "c++", true)]
    [InlineData("A C++ review", "C#", false)]
    [InlineData("ASP.NET and .NET", ".net", true)]
    [InlineData("The net is wide", ".net", false)]
    [InlineData("F# for fun", "f#", true)]
    public async Task A_title_is_found_by_it_or_not(string title, string query, bool found)
    {
        var author = await database.CreateUserAsync();
        var id = await new Planted { Author = author, Title = title }.PlantAsync(database);

        foreach (var sort in new[] { TemplateSort.Best, TemplateSort.Uses })
        {
            var cards = await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = query, AuthorId = author, Sort = sort }, _ct);
            Assert.Equal(found ? [id] : [], cards.Select(card => card.TemplateId));
        }
    }

    [Theory]
    [InlineData("author:lovelace", true)]
    [InlineData("AUTHOR:\"zoë lovelace\" planner", true)]
    [InlineData("author:lovelace_zoe", true)]
    [InlineData("author:zoe author:lovelace", true)]
    [InlineData("author:planner", false)]
    [InlineData("author:love", false)]
    [InlineData("-author:lovelace", false)]
    [InlineData("planner -author:hopper", true)]
    [InlineData("author:%", false)]
    [InlineData("author:", false)]
    public async Task An_authors_name_is_a_filter(string query, bool found)
    {
        var author = await database.CreateUserAsync(name: "Zoë Lovelace");
        var id = await new Planted { Author = author, Title = "Planner" }.PlantAsync(database);

        var cards = await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = query, AuthorId = author }, _ct);

        Assert.Equal(found ? [id] : [], cards.Select(card => card.TemplateId));
    }

    [Fact]
    public async Task The_longest_texts_of_any_script_can_be_published()
    {
        var author = await database.CreateUserAsync();
        var signs = string.Concat(Enumerable.Range(0, 20_000).Select(n => (char)('\u4e00' + n)));
        await Planted.PlantAsync(database, [
            new Planted { Author = author, Title = signs[..255], Goal = signs, Template = signs + string.Concat(signs.Reverse()) },
            new Planted { Author = author, Title = new string('猫', 255), Goal = new string('犬', 20_000), Template = new string('x', 500_000) },
        ]);

        Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = signs[10_000..10_004], AuthorId = author }, _ct));
    }

    [Fact]
    public async Task The_signs_that_mark_matches_are_in_no_card()
    {
        var author = await database.CreateUserAsync();
        await new Planted { Author = author, Title = "A \u0002plan\u0003", Goal = "\u0003Goal\u0002 \u0002\u0002" }.PlantAsync(database);

        var card = Assert.Single(await _gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "goal", AuthorId = author }, _ct));

        Assert.Equal(("A plan", "Goal "), (card.Title, card.Goal));
        Assert.Equal(("A plan", "\u0002Goal\u0003 "), (card.TitleHighlight, card.GoalHighlight));
    }
}
