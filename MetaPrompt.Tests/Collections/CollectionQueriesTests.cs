using MetaPrompt.Data;
using MetaPrompt.Data.Collections;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Collections;

public sealed class CollectionQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly CollectionQueries _collections = new(database.Db);
    private readonly CollectingQueries _collecting = new(database.Db);

    [Fact]
    public async Task A_name_is_a_persons_once_whatever_its_case_and_a_deleted_one_leaves_it_free()
    {
        var person = await PersonAsync();
        var first = await _collections.CreateAsync(person, "Straße & <b>Rêves</b>", "", false, _ct);
        await RefusedAsync(PostgresErrorCodes.UniqueViolation, () => _collections.CreateAsync(person, "STRAßE & <B>RÊVES</B>", "", false, _ct));
        await _collections.CreateAsync(await PersonAsync(), "Straße & <b>Rêves</b>", "", false, _ct);

        Assert.True(await _collections.DeleteAsync(person, first, deleted: true, _ct));
        var second = await _collections.CreateAsync(person, "straße & <b>rêves</b>", "", false, _ct);

        Assert.Equal(second, Assert.Single(await _collections.ListAsync(person, null, _ct)).Id);
        await RefusedAsync(PostgresErrorCodes.UniqueViolation, () => _collections.DeleteAsync(person, first, deleted: false, _ct));
        await RefusedAsync(PostgresErrorCodes.CheckViolation, () => _collections.CreateAsync(person, " \t ", "", false, _ct));
        await RefusedAsync(PostgresErrorCodes.CheckViolation, () => _collections.CreateAsync(person, "Long", new string('x', 501), false, _ct));
    }

    [Fact]
    public async Task The_last_deleted_one_comes_back_with_all_that_was_in_it_and_one_before_it_is_gone()
    {
        var person = await PersonAsync();
        var (early, late) = (await CreateAsync(person), await CreateAsync(person));
        await _collecting.AddAsync(person, late, await PlantAsync(), _ct);
        await _collections.DeleteAsync(person, early, deleted: true, _ct);
        await _collections.DeleteAsync(person, late, deleted: true, _ct);

        Assert.Empty(await _collections.ListAsync(person, null, _ct));
        Assert.Null(await _collections.FindAsync(person, late, _ct));
        Assert.False(await _collections.DeleteAsync(person, early, deleted: false, _ct));
        Assert.False(await _collections.DeleteAsync(await PersonAsync(), late, deleted: false, _ct));
        Assert.True(await _collections.DeleteAsync(person, late, deleted: false, _ct));
        Assert.Equal(1, (await _collections.FindAsync(person, late, _ct))!.Templates);
    }

    [Fact]
    public async Task Nobody_has_more_than_two_hundred_also_not_from_two_tabs_or_by_bringing_one_back()
    {
        var person = await PersonAsync();
        var deleted = await CreateAsync(person);
        await _collections.DeleteAsync(person, deleted, deleted: true, _ct);
        await database.OwnerAsync(
            "insert into public.collections (owner_id, name) select @id, 'Number ' || i from generate_series(1, 199) i", ("id", person.UserId));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
            (await Record.ExceptionAsync(() => _collections.CreateAsync(person, $"Last {i}", "", false, _ct))) as PostgresException));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(outcomes.OfType<PostgresException>(), refused => Assert.Equal(CollectionQueries.Limit, refused.ConstraintName));
        await RefusedAsync(PostgresErrorCodes.CheckViolation, () => _collections.DeleteAsync(person, deleted, deleted: false, _ct));
        Assert.Equal(200, (await _collections.ListAsync(person, null, _ct)).Count);
        // To choose an existing one by its name is no new one.
        Assert.Equal(1, await _collecting.ChooseAsync(person, new Collecting { TemplateId = await PlantAsync(), Chosen = [], Offered = [], NewName = "NUMBER 7" }, _ct));
    }

    [Fact]
    public async Task A_full_collection_takes_nothing_new_and_what_it_has_is_no_error()
    {
        var person = await PersonAsync();
        var id = await CreateAsync(person);
        var author = await database.CreateUserAsync();
        var planted = Enumerable.Range(0, 1003).Select(i => new Planted { Author = author, IsPublic = i >= 999 }).ToList();
        await Planted.PlantAsync(database, planted);
        await database.OwnerAsync(
            "insert into public.collection_templates (collection_id, template_id) select @id, t from unnest(@templates) t",
            ("id", id), ("templates", planted.Take(999).Select(template => template.Id).ToArray()));

        var outcomes = await Task.WhenAll(planted.Skip(999).Select(async template =>
            (await Record.ExceptionAsync(() => _collecting.AddAsync(person, id, template.Id, _ct))) as PostgresException));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.All(outcomes.OfType<PostgresException>(), refused => Assert.Equal(CollectingQueries.Limit, refused.ConstraintName));
        var last = planted[999 + Array.FindIndex(outcomes, outcome => outcome is null)];
        Assert.False(await _collecting.AddAsync(person, id, last.Id, _ct));
    }

    [Fact]
    public async Task Added_from_many_tabs_at_once_each_template_is_there_once_in_a_place_of_its_own()
    {
        var person = await PersonAsync();
        var id = await CreateAsync(person);
        var templates = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PlantAsync()));

        var added = await Task.WhenAll(templates.SelectMany(template => Enumerable.Range(0, 6).Select(_ => _collecting.AddAsync(person, id, template, _ct))));

        Assert.Equal(5, added.Count(one => one));
        var contents = await _collections.ContentsAsync(person, id, null, 50, _ct);
        Assert.Equal(templates.Order(), contents.Select(template => template.TemplateId).Order());
        Assert.Equal([1, 2, 3, 4, 5], contents.Select(template => template.Position));
    }

    [Fact]
    public async Task Only_whoever_has_the_link_of_a_shared_one_reads_it()
    {
        var (owner, stranger) = (await PersonAsync(), await PersonAsync());
        var id = await _collections.CreateAsync(owner, "Kept", "About it", false, _ct);
        await _collecting.AddAsync(owner, id, await PlantAsync(), _ct);
        async Task SeenAsync(bool seen)
        {
            foreach (var caller in new[] { stranger, Caller.Anonymous })
            {
                Assert.Equal(seen, await _collections.FindAsync(caller, id, _ct) is { IsOwn: false, Description: "About it" });
                Assert.Equal(seen ? 1 : 0, (await _collections.ContentsAsync(caller, id, null, 50, _ct)).Count);
            }
        }

        await SeenAsync(false);
        Assert.False(await _collections.ShareAsync(stranger, id, true, _ct));
        Assert.True(await _collections.ShareAsync(owner, id, true, _ct));
        await SeenAsync(true);
        // The link, and no list of what is shared.
        Assert.Equal(0, await database.Db.FirstOrDefaultAsync<long>(stranger, "select count(*) from public.collections", null, _ct));
        Assert.Equal(0, await database.Db.FirstOrDefaultAsync<long>(stranger, "select count(*) from public.collection_templates", null, _ct));
        Assert.Empty(await _collections.ListAsync(stranger, null, _ct));

        await _collections.ShareAsync(owner, id, false, _ct);
        await SeenAsync(false);
        await _collections.ShareAsync(owner, id, true, _ct);
        await _collections.DeleteAsync(owner, id, deleted: true, _ct);
        await SeenAsync(false);
    }

    [Fact]
    public async Task What_goes_private_is_hidden_from_readers_and_told_its_collector_without_a_word_of_it()
    {
        var owner = await PersonAsync();
        var id = await _collections.CreateAsync(owner, "Mixed", "", true, _ct);
        var theirs = new Planted { Author = await database.CreateUserAsync(name: "Else"), Title = "Unmistakable", Goal = "Secret goal", Tags = ["secret"] };
        var own = new Planted { Author = owner.UserId!.Value, Title = "My own" };
        var stays = new Planted { Author = await database.CreateUserAsync(), Title = "Stays" };
        await Planted.PlantAsync(database, [theirs, own, stays]);
        foreach (var template in new[] { theirs, own, stays })
            await _collecting.AddAsync(owner, id, template.Id, _ct);
        Assert.Equal(3, (await _collections.ContentsAsync(Caller.Anonymous, id, null, 50, _ct)).Count);

        await database.OwnerAsync("update public.prompts set is_public = false where id = any(@ids)", ("ids", new[] { theirs.PromptId, own.PromptId }));

        Assert.Equal("Stays", Assert.Single(await _collections.ContentsAsync(Caller.Anonymous, id, null, 50, _ct)).Title);
        var seen = await _collections.ContentsAsync(owner, id, null, 50, _ct);
        Assert.Equal(["gone", "own", "public"], seen.Select(template => template.State));
        Assert.Equal([null, "My own", "Stays"], seen.Select(template => template.Title));
        Assert.DoesNotContain("ecret", System.Text.Json.JsonSerializer.Serialize(seen), StringComparison.Ordinal);
        Assert.Equal((1L, 2L), await database.Db.FirstOrDefaultAsync<(long, long)>(owner, "select templates, gone from public.get_collection(@Id)", new { Id = id }, _ct));
        var late = await PersonAsync();
        await RefusedAsync(PostgresErrorCodes.InsufficientPrivilege, async () => await _collecting.AddAsync(late, await CreateAsync(late), theirs.Id, _ct));
    }

    [Fact]
    public async Task A_strangers_collection_can_be_neither_filled_nor_emptied_nor_ordered()
    {
        var (owner, stranger) = (await PersonAsync(), await PersonAsync());
        var id = await _collections.CreateAsync(owner, "Mine", "", true, _ct);
        var (first, second, other) = (await PlantAsync(), await PlantAsync(), await PlantAsync());
        await _collecting.AddAsync(owner, id, first, _ct);
        await _collecting.AddAsync(owner, id, second, _ct);
        var before = (await _collections.FindAsync(owner, id, _ct))!.UpdatedAt;

        await RefusedAsync(PostgresErrorCodes.InsufficientPrivilege, () => _collecting.AddAsync(stranger, id, other, _ct));
        await RefusedAsync(PostgresErrorCodes.InsufficientPrivilege, () => _collecting.ReturnAsync(stranger, id, new RemovedTemplate { TemplateId = other, Note = "", Position = 1 }, _ct));
        Assert.Equal(0, await _collecting.ChooseAsync(stranger, new Collecting { TemplateId = other, Chosen = [id], Offered = [id] }, _ct));
        Assert.Equal(0, await _collecting.ChooseAsync(stranger, new Collecting { TemplateId = first, Chosen = [], Offered = [id] }, _ct));
        Assert.Null(await _collecting.RemoveAsync(stranger, id, first, _ct));
        Assert.False(await _collecting.NoteAsync(stranger, id, first, "Ha", _ct));
        Assert.False(await _collecting.MoveAsync(stranger, id, second, up: true, _ct));
        Assert.False(await _collections.ChangeAsync(stranger, id, "Theirs", "", _ct));
        Assert.False(await _collections.DeleteAsync(stranger, id, deleted: true, _ct));

        Assert.Equal([first, second], (await _collections.ContentsAsync(owner, id, null, 50, _ct)).Select(template => template.TemplateId));
        Assert.Equal(before, (await _collections.FindAsync(owner, id, _ct))!.UpdatedAt);
    }

    [Fact]
    public async Task Moves_change_places_with_the_neighbour_and_end_at_the_ends()
    {
        var person = await PersonAsync();
        var id = await CreateAsync(person);
        var templates = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PlantAsync()));
        foreach (var template in templates)
            await _collecting.AddAsync(person, id, template, _ct);
        async Task OrderAsync(params int[] expected) =>
            Assert.Equal(expected.Select(i => templates[i]), (await _collections.ContentsAsync(person, id, null, 50, _ct)).Select(template => template.TemplateId));

        Assert.True(await _collecting.MoveAsync(person, id, templates[2], up: true, _ct));
        await OrderAsync(0, 2, 1, 3);
        Assert.True(await _collecting.MoveAsync(person, id, templates[0], up: false, _ct));
        await OrderAsync(2, 0, 1, 3);
        Assert.False(await _collecting.MoveAsync(person, id, templates[2], up: true, _ct));
        Assert.False(await _collecting.MoveAsync(person, id, templates[3], up: false, _ct));
        await OrderAsync(2, 0, 1, 3);

        // Two in one place, as an undo can leave them.
        await database.OwnerAsync("update public.collection_templates set position = 5 where collection_id = @id", ("id", id));
        var tied = (await _collections.ContentsAsync(person, id, null, 50, _ct)).Select(template => template.TemplateId).ToArray();
        Assert.True(await _collecting.MoveAsync(person, id, tied[3], up: true, _ct));
        Assert.Equal([tied[0], tied[1], tied[3], tied[2]], (await _collections.ContentsAsync(person, id, null, 50, _ct)).Select(template => template.TemplateId));
    }

    [Fact]
    public async Task An_undone_removal_is_back_with_its_note_where_it_was()
    {
        var person = await PersonAsync();
        var id = await CreateAsync(person);
        var templates = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PlantAsync()));
        foreach (var template in templates)
            await _collecting.AddAsync(person, id, template, _ct);
        await _collecting.NoteAsync(person, id, templates[1], "First <i>this</i>", _ct);

        var removed = (await _collecting.RemoveAsync(person, id, templates[1], _ct))!;
        Assert.Null(await _collecting.RemoveAsync(person, id, templates[1], _ct));
        await _collecting.ReturnAsync(person, id, removed, _ct);
        await _collecting.ReturnAsync(person, id, removed with { Note = "again" }, _ct);

        var contents = await _collections.ContentsAsync(person, id, null, 50, _ct);
        Assert.Equal(templates, contents.Select(template => template.TemplateId));
        Assert.Equal("First <i>this</i>", contents[1].Note);
    }

    [Fact]
    public async Task Choosing_sets_exactly_what_was_offered_and_twice_is_as_once()
    {
        var person = await PersonAsync();
        var (a, b, unseen) = (await CreateAsync(person), await CreateAsync(person), await CreateAsync(person));
        var template = await PlantAsync();
        await _collecting.AddAsync(person, b, template, _ct);
        await _collecting.AddAsync(person, unseen, template, _ct);
        var wish = new Collecting { TemplateId = template, Chosen = [a], Offered = [a, b], NewName = "  Brand new " };

        Assert.Equal(3, await _collecting.ChooseAsync(person, wish, _ct));
        Assert.Equal(3, (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _collecting.ChooseAsync(person, wish, _ct)))).Distinct().Single());

        var list = await _collections.ListAsync(person, template, _ct);
        Assert.Equal(4, list.Count);
        Assert.Equal([a, unseen, list.Single(one => one.Name == "Brand new").Id], list.Where(one => one.HasTemplate).OrderBy(one => one.Id == a ? 0 : one.Id == unseen ? 1 : 2).Select(one => one.Id));
    }

    [Fact]
    public async Task Pages_are_every_template_once_in_order()
    {
        var person = await PersonAsync();
        var id = await CreateAsync(person);
        var planted = Enumerable.Range(0, 11).Select(_ => new Planted { Author = person.UserId!.Value }).ToList();
        await Planted.PlantAsync(database, planted);
        foreach (var template in planted)
            await _collecting.AddAsync(person, id, template.Id, _ct);
        await database.OwnerAsync("update public.collection_templates set position = position / 3 where collection_id = @id", ("id", id));
        var all = (await _collections.ContentsAsync(person, id, null, 100, _ct)).Select(template => template.TemplateId).ToList();

        var walked = new List<Guid>();
        CollectionCursor? after = null;
        while (await _collections.ContentsAsync(person, id, after, 4, _ct) is { Count: > 0 } page)
        {
            walked.AddRange(page.Select(template => template.TemplateId));
            after = new CollectionCursor(page[^1].Position, page[^1].TemplateId);
        }

        Assert.Equal(11, all.Count);
        Assert.Equal(all, walked);
    }

    private static async Task RefusedAsync(string state, Func<Task> attempt) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<PostgresException>(attempt)).SqlState);

    private async Task<Caller> PersonAsync() => Caller.User(await database.CreateUserAsync());

    private Task<Guid> CreateAsync(Caller person) => _collections.CreateAsync(person, Guid.NewGuid().ToString(), "", false, _ct);

    private async Task<Guid> PlantAsync() => await new Planted { Author = await database.CreateUserAsync() }.PlantAsync(database);
}
