using MetaPrompt.Data;
using MetaPrompt.Data.Moderation;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Moderation;

public sealed class ModerationQueriesTests : IAsyncLifetime
{
    private const string Text = "Write an offer for {{product}} that promises a cure within a week, name no source, and ask the reader to transfer the money today.";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestDatabase _database = null!;
    private Caller _moderator;
    private Caller _author;
    private Guid _prompt;
    private Guid _template;

    private ModerationQueries Moderation => new(_database.Db);
    private ReportQueries Reports => new(_database.Db);
    private PublishQueries Publishing => new(_database.Db);
    private GalleryQueries Gallery => new(_database.Db);
    private PromptQueries Prompts => new(_database.Db);

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _moderator = Caller.User(await _database.CreateUserAsync(name: "Mo Derator"));
        await _database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", _moderator.UserId));
        _author = Caller.User(await _database.CreateUserAsync(name: "Au Thor"));
        _prompt = await _database.CreatePromptAsync(_author.UserId!.Value, "Miracle <b>cure</b>", template: Text);
        _template = await Publishing.PublishAsync(_author, _prompt, "Health", ["cure"], _ct);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_hidden_template_is_gone_for_everybody_and_its_author_reads_why()
    {
        await new FavoriteQueries(_database.Db).SetAsync(await PersonAsync(), _template, favorite: true, _ct);

        Assert.NotNull(await Moderation.HideAsync(_moderator, _template, " Not true' -- ", _ct));

        Assert.Null(await Gallery.FindAsync(Caller.Anonymous, _template, _ct));
        Assert.Null(await Gallery.FindAsync(_author, _template, _ct));
        Assert.Empty(await Gallery.SearchAsync(Caller.Anonymous, new TemplateSearch(), _ct));
        Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(async () => await Gallery.UseAsync(await PersonAsync(), _template, _ct))).SqlState);
        var notice = (await Publishing.NoticeAsync(_author, _prompt, _ct))!;
        Assert.Equal(("Not true' --", false), (notice.Reason, notice.ReviewOpen));
        Assert.Null(await Publishing.NoticeAsync(await PersonAsync(), _prompt, _ct));
        Assert.NotNull((await Prompts.FindAsync(_author, _prompt, _ct))!.HiddenAt);
        Assert.NotNull(Assert.Single(await new PromptListQueries(_database.Db).PageAsync(_author, PromptFilter.None, PromptSort.Newest, null, 5, _ct)).HiddenAt);
        Assert.Null(await Moderation.HideAsync(_moderator, _template, "Again", _ct));

        Assert.NotNull(await Moderation.RestoreAsync(_moderator, _template, "A mistake", _ct));
        Assert.Equal(1, (await Gallery.FindAsync(Caller.Anonymous, _template, _ct))!.LikesCount);
        Assert.Single(await Gallery.SearchAsync(Caller.Anonymous, new TemplateSearch(), _ct));
        Assert.Null(await Publishing.NoticeAsync(_author, _prompt, _ct));
        Assert.Null(await Moderation.RestoreAsync(_moderator, _template, "", _ct));
    }

    [Fact]
    public async Task What_is_hidden_stays_so_whatever_its_owner_tries()
    {
        await Moderation.HideAsync(_moderator, _template, "Not true", _ct);

        foreach (var visibility in new[] { "public", "unlisted" })
        {
            Assert.Equal(PublishRefusal.Hidden, (await Assert.ThrowsAsync<PostgresException>(() =>
                _database.Db.ExecuteAsync(_author, "select public.publish_prompt(@Id, null, '{}', @V)", new { Id = _prompt, V = visibility }, _ct))).SqlState);
        }

        foreach (var way in new[]
        {
            "update public.prompts set is_public = true",
            "update public.prompts set is_public = true, template = 'Harmless'",
            "update public.prompt_templates set unlisted = true",
            "update public.prompts set deleted_at = now(), is_public = true",
            "update public.prompts set deleted_at = null, is_public = true",
        })
        {
            await _database.Db.ExecuteAsync(_author, way, null, _ct);
            await AssertHiddenAsync(_template);
        }

        // The template's row deleted and made anew is the same one.
        await _database.Db.ExecuteAsync(_author, "delete from public.prompt_templates", null, _ct);
        await _database.Db.ExecuteAsync(_author, "insert into public.prompt_templates (prompt_id, user_id, unlisted) select id, user_id, true from public.prompts", null, _ct);
        await _database.Db.ExecuteAsync(_author, "update public.prompts set is_public = true", null, _ct);
        await AssertHiddenAsync(_template);
        foreach (var change in new[] { "update public.prompt_templates set hidden_at = null", "delete from internal.hidden_templates" })
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => _database.Db.ExecuteAsync(_author, change, null, _ct))).SqlState);

        // The prompt made anew with the very text is refused, also after the hidden one is gone for good.
        await _database.OwnerAsync("update public.prompts set template = @t", ("t", Text));
        var again = await _database.CreatePromptAsync(_author.UserId!.Value, template: Text);
        await _database.Db.ExecuteAsync(_author, "delete from public.prompts where id = @Id", new { Id = _prompt }, _ct);
        Assert.Equal(PublishRefusal.Hidden, (await Assert.ThrowsAsync<PostgresException>(() => Publishing.PublishAsync(_author, again, null, [], _ct))).SqlState);
    }

    [Theory]
    [InlineData("public")]
    [InlineData("unlisted")]
    [InlineData("private")]
    public async Task Restoring_brings_back_the_former_visibility(string visibility)
    {
        await _database.Db.ExecuteAsync(_author, "select public.publish_prompt(@Id, 'Health', '{cure}', @V)", new { Id = _prompt, V = visibility }, _ct);
        var before = (await Prompts.FindAsync(_author, _prompt, _ct))!.Visibility;
        await Moderation.HideAsync(_moderator, _template, "Not true", _ct);
        await AssertHiddenAsync(_template);

        await Moderation.RestoreAsync(_moderator, _template, "", _ct);

        Assert.Equal(before, (await Prompts.FindAsync(_author, _prompt, _ct))!.Visibility);
        Assert.Equal(visibility != "private", await Gallery.FindAsync(Caller.Anonymous, _template, _ct) is not null);
    }

    [Fact]
    public async Task The_queue_has_the_most_reported_first_with_every_word_and_what_was_decided_before()
    {
        var quiet = await new Planted { Author = _author.UserId!.Value, Title = "Quiet" }.PlantAsync(_database);
        await Reports.ReportAsync(await PersonAsync("Rita"), quiet, "spam", "", _ct);
        await Reports.ReportAsync(await PersonAsync("Rolf"), _template, "harmful", "<script>alert(1)</script>", _ct);
        await Reports.ReportAsync(await PersonAsync("Ruth"), _template, "broken", "Does nothing", _ct);

        var queue = await Moderation.QueueAsync(_moderator, 25, _ct);

        Assert.Equal([_template, quiet], queue.Select(item => item.TemplateId));
        Assert.Equal(("Miracle <b>cure</b>", Text, "Au Thor", "public", 2), (queue[0].Title, queue[0].Template, queue[0].AuthorName, queue[0].Visibility, queue[0].ReportsCount));
        Assert.Equal([("harmful", "<script>alert(1)</script>", "Rolf"), ("broken", "Does nothing", "Ruth")], queue[0].Reports.Select(report => (report.Reason, report.Details, report.By!)));
        Assert.Equal(2, await Moderation.CountAsync(_moderator, _ct));

        await Moderation.DismissAsync(_moderator, _template, "Fine", _ct);
        Assert.Equal(quiet, Assert.Single(await Moderation.QueueAsync(_moderator, 25, _ct)).TemplateId);
        Assert.NotNull(await Gallery.FindAsync(Caller.Anonymous, _template, _ct));
        Assert.Null(await Moderation.DismissAsync(_moderator, _template, "Fine", _ct));
        await Reports.ReportAsync(await PersonAsync(), _template, "spam", "", _ct);
        var history = (await Moderation.QueueAsync(_moderator, 25, _ct)).Single(item => item.TemplateId == _template).History;
        Assert.Equal(("dismiss", "Fine", "Mo Derator"), (history[0].Action, history[0].Reason, history[0].By));
    }

    [Fact]
    public async Task Every_decision_can_be_undone_once_and_its_reports_are_open_again()
    {
        await Reports.ReportAsync(await PersonAsync(), _template, "spam", "", _ct);

        var dismissed = (await Moderation.DismissAsync(_moderator, _template, "", _ct))!.Value;
        Assert.NotNull(await Moderation.UndoAsync(_moderator, dismissed, _ct));
        Assert.Null(await Moderation.UndoAsync(_moderator, dismissed, _ct));
        Assert.Single(await Moderation.QueueAsync(_moderator, 25, _ct));

        var hidden = (await Moderation.HideAsync(_moderator, _template, "Not true", _ct))!.Value;
        Assert.Empty(await Moderation.QueueAsync(_moderator, 25, _ct));
        Assert.Equal(_template, Assert.Single(await Moderation.HiddenAsync(_moderator, null, 25, _ct)).TemplateId);
        var undone = (await Moderation.UndoAsync(_moderator, hidden, _ct))!.Value;
        Assert.NotNull(await Gallery.FindAsync(Caller.Anonymous, _template, _ct));
        Assert.Single(await Moderation.QueueAsync(_moderator, 25, _ct));
        Assert.Null(await Moderation.UndoAsync(_moderator, undone, _ct));

        await Moderation.HideAsync(_moderator, _template, "After all", _ct);
        var restored = (await Moderation.RestoreAsync(_moderator, _template, "", _ct))!.Value;
        Assert.NotNull(await Moderation.UndoAsync(_moderator, restored, _ct));
        await AssertHiddenAsync(_template);
        Assert.Equal("After all", (await Publishing.NoticeAsync(_author, _prompt, _ct))!.Reason);

        // What was decided since stays decided.
        Assert.Null(await Moderation.UndoAsync(_moderator, hidden, _ct));
        var log = await Moderation.LogAsync(_moderator, new ModerationLogFilter(), _ct);
        Assert.Equal(["undo", "restore", "hide", "undo", "hide", "undo", "dismiss"], log.Select(line => line.Action));
        Assert.Equal([false, true, false, false, true, false, true], log.Select(line => line.Undone));
    }

    [Fact]
    public async Task The_author_of_a_hidden_template_asks_once_to_look_again()
    {
        Assert.False(await Publishing.RequestReviewAsync(_author, _prompt, "Why?", _ct));
        await Moderation.HideAsync(_moderator, _template, "Not true", _ct);
        Assert.False(await Publishing.RequestReviewAsync(await PersonAsync(), _prompt, "Not mine", _ct));

        Assert.True(await Publishing.RequestReviewAsync(_author, _prompt, "I took the promise out", _ct));
        Assert.False(await Publishing.RequestReviewAsync(_author, _prompt, "Again", _ct));

        var item = Assert.Single(await Moderation.QueueAsync(_moderator, 25, _ct));
        Assert.Equal((true, "I took the promise out", "hidden", 0), (item.ReviewOpen, item.ReviewNote, item.Visibility, item.ReportsCount));
        Assert.Equal(1, await Moderation.CountAsync(_moderator, _ct));
        var dismissed = (await Moderation.DismissAsync(_moderator, _template, "Still not true", _ct))!.Value;
        Assert.Empty(await Moderation.QueueAsync(_moderator, 25, _ct));
        await AssertHiddenAsync(_template);
        await Moderation.UndoAsync(_moderator, dismissed, _ct);
        Assert.Single(await Moderation.QueueAsync(_moderator, 25, _ct));
        // Hidden a second time they may ask a second time.
        await Moderation.RestoreAsync(_moderator, _template, "", _ct);
        await Moderation.HideAsync(_moderator, _template, "Again", _ct);
        Assert.True(await Publishing.RequestReviewAsync(_author, _prompt, "", _ct));
    }

    [Fact]
    public async Task Nobody_but_an_administrator_reads_or_decides_anything()
    {
        var line = (await Moderation.HideAsync(_moderator, _template, "Not true", _ct))!.Value;
        foreach (var caller in new[] { _author, await PersonAsync(), Caller.Anonymous })
        {
            foreach (var attempt in new Func<Task>[]
            {
                () => Moderation.CountAsync(caller, _ct), () => Moderation.QueueAsync(caller, 1, _ct), () => Moderation.HiddenAsync(caller, null, 1, _ct),
                () => Moderation.LogAsync(caller, new ModerationLogFilter(), _ct), () => Moderation.HideAsync(caller, _template, "x", _ct),
                () => Moderation.DismissAsync(caller, _template, "x", _ct), () => Moderation.RestoreAsync(caller, _template, "x", _ct),
                () => Moderation.UndoAsync(caller, line, _ct),
            })
            {
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(attempt)).SqlState);
            }
        }

        Assert.False(await Moderation.MayAsync(_author, _ct));
        Assert.True(await Moderation.MayAsync(_moderator, _ct));
        await AssertHiddenAsync(_template);
    }

    [Theory]
    [InlineData("update internal.moderation_log set reason = 'never said'")]
    [InlineData("delete from internal.moderation_log")]
    [InlineData("truncate internal.moderation_log")]
    public async Task The_log_is_only_ever_added_to_even_by_the_owner_of_the_database(string change)
    {
        await Moderation.HideAsync(_moderator, _template, "Not true", _ct);

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => _database.OwnerAsync(change))).SqlState);

        Assert.Equal("Not true", Assert.Single(await Moderation.LogAsync(_moderator, new ModerationLogFilter(), _ct)).Reason);
    }

    [Fact]
    public async Task The_log_outlives_prompt_author_and_moderator()
    {
        await Reports.ReportAsync(await PersonAsync(), _template, "spam", "", _ct);
        await Moderation.HideAsync(_moderator, _template, "Not true", _ct);
        await Publishing.RequestReviewAsync(_author, _prompt, "", _ct);

        await _database.OwnerAsync("delete from auth.users where id = @u", ("u", _author.UserId));

        Assert.Empty(await Moderation.QueueAsync(_moderator, 25, _ct));
        Assert.Empty(await Moderation.HiddenAsync(_moderator, null, 25, _ct));
        Assert.Equal(0, await Moderation.CountAsync(_moderator, _ct));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from public.template_reports"));
        var next = Caller.User(await _database.CreateUserAsync());
        await _database.OwnerAsync("delete from auth.users where id = @u", ("u", _moderator.UserId));
        await _database.OwnerAsync("insert into internal.administrators (user_id) values (@u)", ("u", next.UserId));
        var lines = await Moderation.LogAsync(next, new ModerationLogFilter { TemplateId = _template }, _ct);
        Assert.Equal(["review", "hide"], lines.Select(line => line.Action));
        Assert.Null(lines[1].ActorName);
        Assert.Empty(await Moderation.LogAsync(next, new ModerationLogFilter { Action = "restore" }, _ct));
        Assert.Single(await Moderation.LogAsync(next, new ModerationLogFilter { BeforeId = lines[0].Id }, _ct));
    }

    private async Task AssertHiddenAsync(Guid template)
    {
        Assert.Null(await Gallery.FindAsync(Caller.Anonymous, template, _ct));
        Assert.Empty(await Gallery.SearchAsync(Caller.Anonymous, new TemplateSearch(), _ct));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from public.prompts where is_public"));
        Assert.Equal(0L, await _database.OwnerScalarAsync<long>("select count(*) from public.prompt_templates where hidden_at is null"));
    }

    private async Task<Caller> PersonAsync(string? name = null) => Caller.User(await _database.CreateUserAsync(name: name));
}
