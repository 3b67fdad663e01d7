using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Templates;

/// <summary>What a published template said before, and who may know it.</summary>
public sealed class TemplateVersionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TemplateVersionQueries _versions = new(database.Db);
    private readonly GalleryQueries _gallery = new(database.Db);

    [Fact]
    public async Task A_version_is_kept_at_first_publishing_and_at_every_change_of_the_text_with_its_note()
    {
        var planted = await PlantAsync();
        await ChangeAsync(planted, "template = 'Second'", "What is <b>new</b>");
        await ChangeAsync(planted, "template = 'Second'", "The same text again");
        await ChangeAsync(planted, "title = 'Another title'", null);
        await database.OwnerAsync("update public.prompt_templates set category = 'Writing', likes_count = 5 where id = @id", ("id", planted.Id));

        var list = await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct);
        Assert.Equal([(3, null), (2, "What is <b>new</b>"), (1, null)], list.Select(version => (version.Number, version.Note)));
        var second = (await _versions.FindAsync(Caller.Anonymous, planted.Id, 2, _ct))!;
        Assert.Equal(("A title", "Second"), (second.Title, second.TemplateText));
        Assert.Equal("Text", (await _versions.FindAsync(Caller.Anonymous, planted.Id, 1, _ct))!.TemplateText);
        Assert.Null(await _versions.FindAsync(Caller.Anonymous, planted.Id, 4, _ct));
    }

    [Fact]
    public async Task A_note_given_after_saving_belongs_to_the_text_that_was_saved()
    {
        var planted = await PlantAsync();
        await ChangeAsync(planted, "template = 'Second'", null);
        await ChangeAsync(planted, "is_public = true", "Shorter");

        Assert.Equal([(2, "Shorter"), (1, null)], (await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct)).Select(version => (version.Number, version.Note)));
    }

    [Fact]
    public async Task What_is_written_while_a_prompt_is_private_is_no_version_until_it_is_published_again()
    {
        var planted = await PlantAsync();
        await ChangeAsync(planted, "is_public = false", null);
        await ChangeAsync(planted, "template = 'Never shown'", null);
        await ChangeAsync(planted, "template = 'Shown'", null);
        Assert.Empty(await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct));
        Assert.Null(await _versions.FindAsync(Caller.User(await database.CreateUserAsync()), planted.Id, 1, _ct));

        await ChangeAsync(planted, "is_public = true", null);
        var list = await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct);
        Assert.Equal([2, 1], list.Select(version => version.Number));
        Assert.Equal("Shown", (await _versions.FindAsync(Caller.Anonymous, planted.Id, 2, _ct))!.TemplateText);
    }

    [Fact]
    public async Task An_unlisted_template_has_versions_for_whoever_has_the_link_and_for_no_table()
    {
        var planted = await PlantAsync(isPublic: false);
        await database.OwnerAsync("update public.prompt_templates set unlisted = true where id = @id", ("id", planted.Id));

        Assert.Single(await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct));
        Assert.Empty(await database.Db.QueryAsync<int>(Caller.Anonymous, "select number from public.template_versions where template_id = @Id", new { planted.Id }, _ct));

        await database.OwnerAsync("update public.prompt_templates set hidden_at = now() where id = @id", ("id", planted.Id));
        Assert.Empty(await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct));
    }

    [Fact]
    public async Task The_last_two_hundred_are_kept()
    {
        var planted = await PlantAsync();
        for (var i = 2; i <= 203; i++)
            await database.OwnerAsync("update public.prompts set template = @text where id = @id", ("text", $"Text {i}"), ("id", planted.PromptId));

        var list = await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct);
        Assert.Equal((203, 4, 200), (list[0].Number, list[^1].Number, list.Count));
    }

    [Fact]
    public async Task An_author_removes_what_was_published_by_mistake_and_nobody_else_does()
    {
        var planted = await PlantAsync();
        var author = Caller.User(planted.Author);
        await ChangeAsync(planted, "template = 'Second'", null);

        Assert.False(await _versions.RemoveAsync(Caller.User(await database.CreateUserAsync()), planted.Id, 1, _ct));
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => _versions.RemoveAsync(Caller.Anonymous, planted.Id, 1, _ct))).SqlState);
        Assert.False(await _versions.RemoveAsync(author, planted.Id, 2, _ct));
        Assert.True(await _versions.RemoveAsync(author, planted.Id, 1, _ct));
        Assert.Equal([2], (await _versions.ListAsync(Caller.Anonymous, planted.Id, _ct)).Select(version => version.Number));
    }

    [Fact]
    public async Task A_version_can_be_taken_as_it_was()
    {
        var planted = await PlantAsync();
        await ChangeAsync(planted, "template = 'Second'", null);
        var person = Caller.User(await database.CreateUserAsync());

        var copy = (await new PromptQueries(database.Db).FindAsync(person, await _versions.UseAsync(person, planted.Id, 1, _ct), _ct))!;

        Assert.Equal(("Text", planted.Id, false), (copy.Template, copy.OriginTemplateId!.Value, copy.IsPublic));
        Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(() => _versions.UseAsync(person, planted.Id, 9, _ct))).SqlState);
        Assert.Equal(1, (await _gallery.FindAsync(person, planted.Id, _ct))!.UsesCount);
    }

    private async Task<Planted> PlantAsync(bool isPublic = true)
    {
        var planted = new Planted { Author = await database.CreateUserAsync(), IsPublic = isPublic };
        await planted.PlantAsync(database);
        return planted;
    }

    // As publishing does it: the note is a setting of the transaction.
    private Task<int> ChangeAsync(Planted planted, string change, string? note) => database.OwnerAsync(
        $"with note as (select set_config('metaprompt.version_note', @note, true)) update public.prompts set {change} from note where id = @id",
        ("note", note ?? ""), ("id", planted.PromptId));
}
