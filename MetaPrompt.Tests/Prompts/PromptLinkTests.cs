using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

/// <summary>A secret link: whoever has it reads one prompt, until it is taken back.</summary>
public sealed class PromptLinkTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly PromptLinkQueries _links = new(database.Db);

    [Fact]
    public async Task Whoever_has_the_link_reads_the_prompt_as_it_is_then()
    {
        var (owner, id) = await CreateAsync();
        var link = (await _links.CreateAsync(owner, id, _ct))!;
        Assert.Equal(link, await _links.CreateAsync(owner, id, _ct));
        Assert.Equal(link, await _links.FindAsync(owner, id, _ct));
        await database.OwnerAsync("update public.prompts set template = 'Later' where id = @id", ("id", id));

        foreach (var reader in new[] { Caller.Anonymous, Caller.User(await database.CreateUserAsync()), owner })
        {
            var shared = (await _links.ReadAsync(reader, link.Token, _ct))!;
            Assert.Equal(("A prompt", "A goal", "Later", """[{"name": "topic"}]"""), (shared.Title, shared.Goal, shared.TemplateText, shared.Variables));
        }

        Assert.Null(await _links.ReadAsync(Caller.Anonymous, link.Token[..^1] + (link.Token[^1] == 'A' ? 'B' : 'A'), _ct));
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, "", _ct));
    }

    [Fact]
    public async Task A_link_taken_back_leads_nowhere_and_can_be_returned_as_it_was()
    {
        var (owner, id) = await CreateAsync();
        var token = (await _links.CreateAsync(owner, id, _ct))!.Token;

        Assert.True(await _links.RevokeAsync(owner, id, token, _ct));
        Assert.False(await _links.RevokeAsync(owner, id, token, _ct));
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
        Assert.Null(await _links.FindAsync(owner, id, _ct));

        Assert.True(await _links.ReturnAsync(owner, id, token, _ct));
        Assert.NotNull(await _links.ReadAsync(Caller.Anonymous, token, _ct));

        await _links.RevokeAsync(owner, id, token, _ct);
        var other = (await _links.CreateAsync(owner, id, _ct))!.Token;
        Assert.NotEqual(token, other);
        Assert.False(await _links.ReturnAsync(owner, id, token, _ct));
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
    }

    [Fact]
    public async Task Only_the_owner_makes_sees_and_takes_back_a_link()
    {
        var (owner, id) = await CreateAsync();
        var stranger = Caller.User(await database.CreateUserAsync());
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => _links.CreateAsync(stranger, id, _ct))).SqlState);
        var token = (await _links.CreateAsync(owner, id, _ct))!.Token;

        Assert.Null(await _links.FindAsync(stranger, id, _ct));
        Assert.False(await _links.RevokeAsync(stranger, id, token, _ct));
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => _links.FindAsync(Caller.Anonymous, id, _ct))).SqlState);
        Assert.NotNull(await _links.ReadAsync(Caller.Anonymous, token, _ct));
    }

    [Fact]
    public async Task A_token_that_could_be_guessed_is_refused()
    {
        var (owner, id) = await CreateAsync();
        foreach (var token in new[] { "", "secret", new string('a', 42), new string('ä', 43) })
            Assert.Equal("23514", (await Assert.ThrowsAsync<PostgresException>(() => _links.ReturnAsync(owner, id, token, _ct))).SqlState);
    }

    [Fact]
    public async Task A_deleted_prompt_and_one_that_a_moderator_hid_are_not_read_by_link()
    {
        var (owner, id) = await CreateAsync();
        var token = (await _links.CreateAsync(owner, id, _ct))!.Token;
        await new PromptQueries(database.Db).DeleteAsync(owner, id, _ct);
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
        await new PromptQueries(database.Db).RestoreAsync(owner, id, _ct);
        Assert.NotNull(await _links.ReadAsync(Caller.Anonymous, token, _ct));

        var template = await new PublishQueries(database.Db).PublishAsync(owner, id, null, [], _ct);
        await database.OwnerAsync("update public.prompt_templates set hidden_at = now() where id = @id", ("id", template));
        Assert.Null(await _links.ReadAsync(Caller.Anonymous, token, _ct));
    }

    private async Task<(Caller Owner, Guid Id)> CreateAsync()
    {
        var owner = await database.CreateUserAsync();
        return (Caller.User(owner), await database.CreatePromptAsync(owner));
    }
}
