using MetaPrompt.Data.Database;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Database;

/// <summary>The migration that gives every prompt versions finds published ones already and moves their texts.</summary>
public sealed class PromptVersionMoveTests : IAsyncLifetime
{
    private const string Name = "moved_versions";

    private const string Before =
        """
        insert into auth.users (id, email) values ('00000000-0000-0000-0000-00000000000a', 'a@example.test');
        insert into public.prompts (id, user_id, title, goal, template, is_public) values
          ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-00000000000a', 'Private', 'G', 'Only', false),
          ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-00000000000a', 'Public', 'G', 'First', true),
          ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-00000000000a', 'Was public', 'G', 'Shown', true);
        insert into public.prompt_templates (id, prompt_id, user_id) values
          ('00000000-0000-0000-0000-0000000000b2', '00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-00000000000a'),
          ('00000000-0000-0000-0000-0000000000b3', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-00000000000a');
        with note as (select set_config('metaprompt.version_note', 'Better', false))
        update public.prompts set template = 'Second' from note where id = '00000000-0000-0000-0000-000000000002';
        select set_config('metaprompt.version_note', '', false);
        update public.prompts set title = 'Public again', template = 'First' where id = '00000000-0000-0000-0000-000000000002';
        delete from public.template_versions where template_id = '00000000-0000-0000-0000-0000000000b2' and number = 1;
        update public.prompts set is_public = false where id = '00000000-0000-0000-0000-000000000003';
        update public.prompts set template = 'Hidden' where id = '00000000-0000-0000-0000-000000000003';
        """;

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestServer _server = null!;
    private NpgsqlDataSource _owner = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.SharedAsync();
        await _server.CreateEmptyDatabaseAsync(Name);
        _owner = NpgsqlDataSource.Create(_server.Owner(Name));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _server.DropDatabaseAsync(Name);
    }

    [Fact]
    public async Task Published_versions_become_versions_of_their_prompts_and_say_what_they_said()
    {
        await MigrateAsync([.. Migration.All.TakeWhile(file => file.FileName != "20261122132000_prompt_versions.sql")]);
        await using (var command = _owner.CreateCommand(Before))
            await command.ExecuteNonQueryAsync(_ct);
        var published = await ListAsync("select format('%s %s %s %s %s', number, title, template, note, created_at) from public.get_template_version('00000000-0000-0000-0000-0000000000b2', 2)");

        await MigrateAsync(Migration.All);

        Assert.Equal(
            ["1 1 Private Only -", "2 1 Public Second Better", "2 2 Public again First -", "3 1 Was public Shown -", "3 2 Was public Hidden -"],
            await ListAsync(
                """
                select format('%s %s %s %s %s', right(v.prompt_id::text, 1), v.number, v.title, t.text, coalesce(v.note, '-'))
                from public.prompt_versions v join public.prompt_texts t on t.prompt_id = v.prompt_id and t.hash = v.template_hash
                order by v.prompt_id, v.number
                """));
        Assert.Equal(published, await ListAsync("select format('%s %s %s %s %s', number, title, template, note, created_at) from public.get_template_version('00000000-0000-0000-0000-0000000000b2', 2)"));
        Assert.Equal(["3 First", "2 Second"], await ListAsync(
            """
            select format('%s %s', l.number, v.template) from public.get_template_versions('00000000-0000-0000-0000-0000000000b2') l
            cross join public.get_template_version('00000000-0000-0000-0000-0000000000b2', l.number) v order by l.number desc
            """));

        // What is published next goes on counting.
        await ListAsync("update public.prompts set is_public = true where id = '00000000-0000-0000-0000-000000000003' returning title");
        Assert.Equal(["2 Hidden", "1 Shown"], await ListAsync(
            """
            select format('%s %s', l.number, v.template) from public.get_template_versions('00000000-0000-0000-0000-0000000000b3') l
            cross join public.get_template_version('00000000-0000-0000-0000-0000000000b3', l.number) v order by l.number desc
            """));
    }

    private Task<IReadOnlyList<string>> MigrateAsync(IReadOnlyList<Migration> files) =>
        new Migrator(_server.Owner(Name), files, Migration.LocalSupabase, NullLogger.Instance).MigrateAsync(_ct);

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var command = _owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(_ct);
        var lines = new List<string>();
        while (await reader.ReadAsync(_ct))
            lines.Add(reader.GetString(0));
        return lines;
    }
}
