using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>What of a card is marked as matched.</summary>
public sealed class SearchHighlightTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("write", "Writing a blog: he writes, she WROTE", "[Writing] a blog: he [writes], she WROTE")]
    [InlineData("summaries", "A summary of summarized things", "A [summary] of summarized things")]
    [InlineData("cafe", "Le Café, cafés", "Le [Café], [cafés]")]
    [InlineData("cafe", "Cafe\u0301 au lait", "[Cafe\u0301] au lait")]
    [InlineData("strasse", "Die Straße", "Die [Straße]")]
    [InlineData("the blog", "The blog of the day", "The [blog] of the day")]
    [InlineData("the", "The blog of the day", "[The] blog of [the] day")]
    [InlineData("blog -day", "A blog, a day", "A [blog], a day")]
    [InlineData("tag:blog day", "A blog, a day", "A blog, a [day]")]
    [InlineData("\"blog day\"", "day and blog", "[day] and [blog]")]
    [InlineData("c#", "C# or c, C++", "[C#] or c, C++")]
    [InlineData("c++", "C# or c, C++.", "C# or c, [C++].")]
    [InlineData(".net", "ASP.NET, .NET and net", "ASP[.NET], [.NET] and net")]
    [InlineData("天气", "东京天气预报", "东京[天气]预报")]
    [InlineData("京天 天气", "东京天气预报", "东[京天气]预报")]
    [InlineData("елка", "Ёлка", "[Ёлка]")]
    [InlineData("محمد", "مُحَمَّد أحمد", "[مُحَمَّد] أحمد")]
    [InlineData("gpt-4", "GPT-4 and GPT-5", "[GPT]-[4] and [GPT]-5")]
    [InlineData("javascript", "JavaScript/TypeScript", "[JavaScript]/TypeScript")]
    [InlineData("script", "<script>alert(1)</script>", "<[script]>alert(1)</[script]>")]
    [InlineData("%", "100% blog", "100% blog")]
    public async Task A_match_stands_between_two_signs(string query, string title, string marked)
    {
        var marks = await database.Db.FirstOrDefaultAsync<string[]>(Caller.Anonymous, "select public.search_marks(@query)", new { query }, _ct);

        Assert.Equal(marked.Replace('[', '\u0002').Replace(']', '\u0003'), SearchHighlight.Mark(title, marks));
    }

    [Fact]
    public async Task Cards_are_marked_where_something_was_searched_for_and_otherwise_as_they_are()
    {
        var author = await database.CreateUserAsync();
        await new Planted { Author = author, Title = "Travel plans", Goal = "Plan a travel" }.PlantAsync(database);
        var gallery = new GalleryQueries(database.Db);

        var found = Assert.Single(await gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { Query = "planning", AuthorId = author }, _ct));
        var listed = Assert.Single(await gallery.SearchAsync(Caller.Anonymous, new TemplateSearch { AuthorId = author }, _ct));

        Assert.Equal(("Travel \u0002plans\u0003", "\u0002Plan\u0003 a travel"), (found.TitleHighlight, found.GoalHighlight));
        Assert.Equal((listed.Title, listed.Goal), (listed.TitleHighlight, listed.GoalHighlight));
    }

    [Fact]
    public async Task A_words_stem_is_the_one_the_database_makes()
    {
        string[] beginnings = ["act", "plan", "writ", "summar", "organiz", "creat", "happi", "dy", "ti", "ski", "sky", "commun", "gener", "hop", "hopp", "fall", "agre", "fe", "us", "relat", "nation", "conflat", "vietnam", "elect", "sens", "communism", "arsen", "proceed", "inn", "bias", "new", "earl", "y", "sayy", "boy", "enjoy", "clos", "control", "roll", "abil", "analog"];
        string[] endings = ["", "e", "s", "es", "ed", "ing", "er", "ers", "ly", "al", "ally", "ation", "ations", "ational", "ize", "izer", "ization", "ies", "ied", "y", "ying", "ful", "fulness", "ness", "less", "lessly", "ous", "ously", "ousness", "ive", "iveness", "ivity", "able", "ability", "ably", "ment", "ments", "ement", "ent", "ently", "ence", "ance", "ic", "ical", "icate", "iciti", "ism", "ist", "ate", "ator", "ative", "ogy", "ed", "edly", "ingly", "eed", "eedly", "sses", "us", "ss", "li", "ion", "l", "ll", "ee"];
        var words = beginnings.SelectMany(_ => endings, (beginning, ending) => beginning + ending).Distinct(StringComparer.Ordinal).ToArray();

        var stems = await database.Db.QueryAsync<string>(
            Caller.Anonymous, "select (ts_lexize('english_stem', w.word))[1] from unnest(@words) with ordinality as w (word, n) order by w.n", new { words }, _ct);

        var different = words.Zip(stems).Where(pair => pair.Second is not null && EnglishStem.Of(pair.First) != pair.Second)
            .Select(pair => $"{pair.First}: {pair.Second}, not {EnglishStem.Of(pair.First)}");
        Assert.Empty(different);
    }
}
