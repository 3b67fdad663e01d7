using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>Phrases by the pairs of their words: never fewer than reading every text would find, and true of the text as it is now.</summary>
public sealed class PhraseSearchTests : IAsyncLifetime
{
    // What reads every text: a large gallery would take seconds for it.
    private const string Slowest = "select count(*) from internal.gallery g where g.document @@ (internal.parse_search(@query)).wanted";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestDatabase _database = null!;
    private GalleryQueries _gallery = null!;
    private Guid _author;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _gallery = new GalleryQueries(_database.Db);
        _author = await _database.CreateUserAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_a_phrase_matches_has_its_pairs()
    {
        // Few words, so that many texts have many of them side by side; all that a lexeme may need quotes for.
        var word = Gen.OneOf<string>("plan", "plans", "the", "of", "it's", "back\\slash", "C#", "don''t", "东京天气", "天气预报", "2026", "e-mail", "naïve", "Ёлка", "|", "a:*", "<->", "'");
        var words = word.Array[2, 9].Select(list => string.Join(' ', list));
        var (matching, paired) = (0, 0);
        await Gen.Select(words, Gen.Int[0, 8], Gen.Int[1, 4], words, Gen.Bool).SampleAsync(async (text, from, count, other, own) =>
        {
            // A piece of the text itself, or of another one.
            var phrase = string.Join(' ', (own ? text : other).Split(' ').Skip(from % 6).Take(count));
            var found = (await _database.OwnerScalarAsync<int[]>(
                """
                select array[coalesce(d.document @@ p.wanted, false)::int, (p.as_typed is not null)::int,
                  (p.as_typed is null or d.pairs @> p.as_typed or d.pairs @> p.as_stems)::int]
                from internal.parse_search('"' || @phrase || '"') p,
                  lateral (select to_tsvector('internal.plain', internal.search_text(@text)) || '''|'':20' || to_tsvector('internal.english', internal.search_text(@text)) as document) t,
                  lateral (
                    select t.document, coalesce(array_agg(hashtext(a.word || ' ' || b.word) & 4194303), '{}') as pairs
                    from (select w.lexeme, p.place from unnest(t.document) w (lexeme, places, weights), unnest(w.places) p (place)) a (word, place)
                    join (select w.lexeme, p.place from unnest(t.document) w (lexeme, places, weights), unnest(w.places) p (place)) b (word, place) on b.place = a.place + 1) d
                """, ("phrase", phrase), ("text", text)))!;
            matching += found[0];
            paired += found[0] * found[1];
            Assert.True(found[0] == 0 || found[2] == 1, $"{text} has {phrase}, but not its pairs");
        }, iter: 400, threads: 1);

        Assert.True(matching > 80 && paired > 40, $"{matching} matches, {paired} by pairs: the texts had too little in common");
    }

    [Fact]
    public async Task A_phrase_is_found_in_title_goal_text_and_tag_and_not_across_them()
    {
        await Planted.PlantAsync(_database,
        [
            New("Quiet harbour lights"), New("One", goal: "A quiet harbour at night"), New("Two", text: "Describe quiet harbours."),
            New("Three", tags: ["quiet harbour"]), New("Harbour quiet"), New("So quiet", goal: "Harbour"), New("Quiet in the harbour"),
        ]);

        await FindsAsync("\"quiet harbour\"", "Quiet harbour lights", "One", "Two", "Three");
        await FindsAsync("\"quiet harbour\" -lights", "One", "Two", "Three");
        await FindsAsync("\"quiet harbour\" night", "One");
        await FindsAsync("\"harbour lights\" \"quiet harbour\"", "Quiet harbour lights");
        await FindsAsync("-\"quiet harbour\" quiet", "Harbour quiet", "So quiet", "Quiet in the harbour");
        await FindsAsync("\"quiet in the harbour\"", "Quiet in the harbour");
        await FindsAsync("\"harbour in lights\"");
    }

    [Fact]
    public async Task A_phrase_of_words_that_are_left_out_elsewhere_is_found_as_typed()
    {
        await Planted.PlantAsync(_database, [New("To be or not to be"), New("Velvet or to be"), New("Being")]);

        await FindsAsync("\"or not to be\"", "To be or not to be");
        // Beside another word it asks for nothing.
        await FindsAsync("\"or not to\" velvet", "Velvet or to be");
    }

    [Fact]
    public async Task A_phrase_follows_the_text_when_it_is_written_anew()
    {
        var template = New("Amber velvet lamps");
        await Planted.PlantAsync(_database, [template]);
        await FindsAsync("\"velvet lamps\"", "Amber velvet lamps");

        await _database.OwnerAsync("update public.prompts set title = 'Lamps of amber velvet' where id = @id", ("id", template.PromptId));

        await FindsAsync("\"velvet lamps\"");
        await FindsAsync("\"amber velvet\"", "Lamps of amber velvet");
        await _database.OwnerAsync("update public.prompts set is_public = false where id = @id", ("id", template.PromptId));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_phrases"));
    }

    [Fact]
    public async Task What_was_published_before_there_were_pairs_is_found_while_they_are_made_and_then_by_them()
    {
        await Planted.PlantAsync(_database, [.. Enumerable.Range(0, 12).Select(n => New($"Amber velvet {n}"))]);
        // As the migration finds a gallery.
        await _database.OwnerAsync("delete from internal.gallery_phrases; insert into internal.gallery_phrases_missing values ('00000000-0000-0000-0000-000000000000')");
        var counters = new CounterQueries(_database.Db);
        var steps = 0;
        do
        {
            Assert.Equal(12, (await _gallery.SearchAsync(Caller.Anonymous, new() { Query = "\"amber velvet\"" }, _ct)).Count);
            Assert.Equal(12, (await _gallery.FacetsAsync(Caller.Anonymous, new() { Query = "\"amber velvet\"" }, _ct)).Total);
            steps++;
        }
        while (await counters.KeepGalleryAsync(5, _ct) > 0);

        Assert.InRange(steps, 4, 12);
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_phrases_missing"));
        Assert.Equal(12L, await _database.OwnerScalarAsync<long>("select count(*) from internal.gallery_phrases where cardinality(pairs) > 0"));
        Assert.Equal(12, await _database.OwnerScalarAsync<int>(
            "select cardinality(internal.phrase_candidates(p.as_typed, p.as_stems, 12)) from internal.parse_search('\"amber velvet\"') p"));
    }

    [Fact]
    public async Task Two_pairs_with_one_number_are_told_apart_by_the_text()
    {
        await Planted.PlantAsync(_database, [New("Amber velvet lamps"), New("Stone bridge")]);
        // Another pair of this number cannot be met by chance in a test: it is planted.
        await _database.OwnerAsync("update internal.gallery_phrases set pairs = pairs || internal.pairs_of('''amber'' <-> ''velvet''')");

        await FindsAsync("\"amber velvet\"", "Amber velvet lamps");
    }

    private Planted New(string title, string goal = "Nothing", string text = "Text", string[]? tags = null) =>
        new() { Author = _author, Title = title, Goal = goal, Template = text, Tags = tags ?? [] };

    private async Task FindsAsync(string query, params string[] titles)
    {
        Assert.Equal(titles.LongLength, await _database.OwnerScalarAsync<long>(Slowest, ("query", query)));
        foreach (var sort in Enum.GetValues<TemplateSort>())
        {
            var cards = await _gallery.SearchAsync(Caller.Anonymous, new() { Query = query, Sort = sort }, _ct);
            Assert.Equal(titles.Order(StringComparer.Ordinal), cards.Select(card => card.Title).Order(StringComparer.Ordinal));
        }

        Assert.Equal(titles.Length, (await _gallery.FacetsAsync(Caller.Anonymous, new() { Query = query }, _ct)).Total);
    }
}
