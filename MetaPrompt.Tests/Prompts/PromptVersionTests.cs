using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

/// <summary>What a prompt said after each save.</summary>
public sealed class PromptVersionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PromptQueries _prompts = new(database.Db);
    private readonly PromptVersionQueries _versions = new(database.Db);

    [Fact]
    public async Task Every_save_of_other_words_is_a_version_with_its_note_and_the_same_words_are_none()
    {
        var (person, id) = await CreateAsync();
        await SaveAsync(person, id, edit => edit with { Template = "Write {{more}}.", Variables = """[{"name":"more"}]""", Note = "  Asks for more " });
        await SaveAsync(person, id, edit => edit with { Note = "Nothing new" });
        await SaveAsync(person, id, edit => edit with { Title = "Another title" });
        await _prompts.DeleteAsync(person, id, _ct);
        await _prompts.RestoreAsync(person, id, _ct);

        var list = await _versions.PageAsync(person, id, null, 10, _ct);

        Assert.Equal([(3, null), (2, "Asks for more"), (1, null)], list.Select(version => (version.Number, version.Note)));
        Assert.Equal([(2, true, false, false, false), (1, false, false, true, true), (null, false, false, false, false)],
            list.Select(version => (version.Previous, version.TitleChanged, version.GoalChanged, version.TemplateChanged, version.VariablesChanged)));
        var second = (await _versions.FindAsync(person, id, 2, _ct))!;
        Assert.Equal(("A title", "A goal", "Write {{more}}.", """[{"name": "more"}]"""), (second.Title, second.Goal, second.Template, second.Variables));
        Assert.Equal(3, (await _prompts.FindAsync(person, id, _ct))!.Version);
        Assert.Null(await _versions.FindAsync(person, id, 4, _ct));
    }

    [Fact]
    public async Task A_text_is_kept_once_however_many_versions_have_it()
    {
        var (person, id) = await CreateAsync();
        for (var i = 0; i < 5; i++)
            await SaveAsync(person, id, edit => edit with { Title = $"Title {i}" });
        await SaveAsync(person, id, edit => edit with { Template = "Other" });
        await _versions.RestoreAsync(person, id, 1, (await _prompts.FindAsync(person, id, _ct))!.UpdatedAt, _ct);

        Assert.Equal(8, (await _versions.NumbersAsync(person, id, _ct)).Count);
        Assert.Equal(2L, await database.OwnerScalarAsync<long>("select count(*) from public.prompt_texts where prompt_id = @id", ("id", id)));
    }

    [Fact]
    public async Task Restoring_makes_a_new_version_that_says_so_and_needs_the_latest_to_have_been_seen()
    {
        var (person, id) = await CreateAsync();
        var seen = (await _prompts.FindAsync(person, id, _ct))!.UpdatedAt;
        await SaveAsync(person, id, edit => edit with { Title = "New", Goal = "New", Template = "New {{n}}", Variables = """[{"name":"n"}]""" });

        Assert.Null(await _versions.RestoreAsync(person, id, 1, seen, _ct));
        var now = (await _prompts.FindAsync(person, id, _ct))!;
        Assert.Equal((2, "New"), (now.Version, now.Title));

        Assert.Null(await _versions.RestoreAsync(person, id, 9, now.UpdatedAt, _ct));
        Assert.NotNull(await _versions.RestoreAsync(person, id, 1, now.UpdatedAt, _ct));
        var restored = (await _prompts.FindAsync(person, id, _ct))!;
        Assert.Equal((3, "A title", "A goal", "Text", "[]"), (restored.Version, restored.Title, restored.Goal, restored.Template, restored.Variables));
        Assert.Equal("Restored version 1", (await _versions.FindAsync(person, id, 3, _ct))!.Note);
    }

    [Fact]
    public async Task Nobody_else_reads_restores_or_ends_a_version_even_of_a_published_prompt()
    {
        var (owner, id) = await CreateAsync();
        await SaveAsync(owner, id, edit => edit with { Template = "Second" });
        await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        var updated = (await _prompts.FindAsync(owner, id, _ct))!.UpdatedAt;
        var stranger = Caller.User(await database.CreateUserAsync());

        Assert.Empty(await _versions.PageAsync(stranger, id, null, 10, _ct));
        Assert.Empty(await _versions.TextsAsync(stranger, id, 1, 9, _ct));
        Assert.Null(await _versions.FindAsync(stranger, id, 1, _ct));
        Assert.Null(await _versions.RestoreAsync(stranger, id, 1, updated, _ct));
        Assert.False(await _versions.DeleteAsync(stranger, id, 1, _ct));
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => _versions.FindAsync(Caller.Anonymous, id, 1, _ct))).SqlState);
    }

    [Fact]
    public async Task An_owner_ends_what_must_not_stay_with_its_text_and_its_publication_but_never_the_newest()
    {
        var (owner, id) = await CreateAsync();
        var template = await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        await SaveAsync(owner, id, edit => edit with { Template = "Second" });
        await SaveAsync(owner, id, edit => edit with { Title = "Third" });
        var published = new TemplateVersionQueries(database.Db);
        Assert.Equal([3, 2, 1], (await published.ListAsync(Caller.Anonymous, template, _ct)).Select(version => version.Number));

        Assert.False(await _versions.DeleteAsync(owner, id, 3, _ct));
        Assert.True(await _versions.DeleteAsync(owner, id, 1, _ct));
        Assert.False(await _versions.DeleteAsync(owner, id, 1, _ct));

        Assert.Equal([(3, 2), (2, null)], (await _versions.PageAsync(owner, id, null, 10, _ct)).Select(version => (version.Number, version.Previous)));
        Assert.Equal([3, 2], (await published.ListAsync(Caller.Anonymous, template, _ct)).Select(version => version.Number));
        Assert.Equal(1L, await database.OwnerScalarAsync<long>("select count(*) from public.prompt_texts where prompt_id = @id", ("id", id)));
    }

    [Fact]
    public async Task A_published_version_taken_back_stays_among_its_owners_versions()
    {
        var (owner, id) = await CreateAsync();
        var template = await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        await SaveAsync(owner, id, edit => edit with { Template = "Second" });
        Assert.Equal([2, 1], (await _versions.PageAsync(owner, id, null, 10, _ct)).Select(version => version.Published));

        Assert.True(await new TemplateVersionQueries(database.Db).RemoveAsync(owner, template, 1, _ct));

        Assert.Equal([(2, 2), (1, null)], (await _versions.PageAsync(owner, id, null, 10, _ct)).Select(version => (version.Number, version.Published)));
    }

    [Fact]
    public async Task The_last_500_are_kept_and_those_that_are_published()
    {
        var (owner, id) = await CreateAsync();
        await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        await new PublishQueries(database.Db).UnpublishAsync(owner, id, _ct);
        await database.OwnerAsync(
            """
            do $$ begin for n in 2..503 loop update public.prompts set template = 'Text ' || n where id = '@id'; end loop; end $$
            """.Replace("@id", id.ToString(), StringComparison.Ordinal));

        var numbers = await _versions.NumbersAsync(owner, id, _ct);
        Assert.Equal((503, 4, 1, 501), (numbers[0], numbers[^2], numbers[^1], numbers.Count));
        Assert.Equal(501L, await database.OwnerScalarAsync<long>("select count(*) from public.prompt_texts where prompt_id = @id", ("id", id)));
    }

    [Fact]
    public async Task Long_texts_are_kept_up_to_40_megabytes()
    {
        var (owner, id) = await CreateAsync();
        await database.OwnerAsync(
            """
            do $$ begin for n in 2..90 loop update public.prompts set template = repeat('é', 250000) || n where id = '@id'; end loop; end $$
            """.Replace("@id", id.ToString(), StringComparison.Ordinal));

        var numbers = await _versions.NumbersAsync(owner, id, _ct);
        Assert.Equal((90, 79), (numbers[0], numbers.Count));
        Assert.Null(Assert.Single(await _versions.TextsAsync(owner, id, 90, 90, _ct)).Template);
    }

    [Fact]
    public async Task A_page_goes_on_where_the_last_one_ended_and_counts_tests_and_texts()
    {
        var (owner, id) = await CreateAsync();
        for (var i = 2; i <= 5; i++)
            await SaveAsync(owner, id, edit => edit with { Template = $"Text {i}" });
        var results = new TestResultQueries(database.Db);
        foreach (var version in new int?[] { 2, 2, null })
        {
            await results.SaveAsync(owner, new NewTestResult
            {
                PromptId = id, Model = "m", Temperature = 1, VariableValues = "{}", ResolvedPrompt = "Text 2", PromptVersion = version,
            }, _ct);
        }

        Assert.Equal([(5, 4), (4, 3)], (await _versions.PageAsync(owner, id, null, 2, _ct)).Select(version => (version.Number, version.Previous)));
        Assert.Equal([(3, 2, 0), (2, 1, 2)], (await _versions.PageAsync(owner, id, 4, 2, _ct)).Select(version => (version.Number, version.Previous, version.Tests)));
        Assert.Equal(["Text 2", "Text 3"], (await _versions.TextsAsync(owner, id, 2, 3, _ct)).Select(text => text.Template));
        Assert.Equal([null, 2, 2], (await results.PageAsync(owner, id, null, 10, _ct)).Select(result => result.PromptVersion).Order());
    }

    [Fact]
    public async Task Copies_and_many_prompts_at_once_begin_with_version_1()
    {
        var (owner, id) = await CreateAsync();
        await SaveAsync(owner, id, edit => edit with { Template = "Second" });
        Assert.Equal(1, (await _prompts.FindAsync(owner, await _prompts.DuplicateAsync(owner, id, Guid.NewGuid(), _ct), _ct))!.Version);
        Assert.Equal(993, await database.OwnerAsync(
            "insert into public.prompts (user_id, title, goal, template) select @id, 'P' || n, 'g', 'Text ' || n from generate_series(1, 993) n", ("id", owner.UserId)));

        Assert.Equal(0L, await database.OwnerScalarAsync<long>(
            """
            select count(*) from public.prompts p where p.user_id = @id and not exists (
              select from public.prompt_versions v join public.prompt_texts t on t.prompt_id = v.prompt_id and t.hash = v.template_hash
              where v.prompt_id = p.id and t.text = p.template)
            """, ("id", owner.UserId)));
    }

    [Fact]
    public async Task Nothing_stays_of_a_prompt_that_is_gone()
    {
        var (owner, id) = await CreateAsync();
        await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        await SaveAsync(owner, id, edit => edit with { Template = "Second" });
        await new PromptLinkQueries(database.Db).CreateAsync(owner, id, _ct);

        await database.OwnerAsync("delete from auth.users where id = @id", ("id", owner.UserId));

        foreach (var table in new[] { "prompt_versions", "prompt_texts", "prompt_links" })
            Assert.Equal(0L, await database.OwnerScalarAsync<long>($"select count(*) from public.{table} where prompt_id = @id", ("id", id)));
    }

    private async Task<(Caller Owner, Guid Id)> CreateAsync()
    {
        var owner = await database.CreateUserAsync();
        return (Caller.User(owner), await database.CreatePromptAsync(owner, "A title", "A goal", "Text", "[]"));
    }

    private async Task SaveAsync(Caller person, Guid id, Func<PromptEdit, PromptEdit> change)
    {
        var now = (await _prompts.FindAsync(person, id, _ct))!;
        Assert.NotNull(await _prompts.UpdateAsync(person, change(new PromptEdit
        {
            Id = id, Title = now.Title, Goal = now.Goal, Template = now.Template, Variables = now.Variables, BasedOn = now.UpdatedAt,
        }), _ct));
    }
}
