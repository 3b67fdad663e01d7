using MetaPrompt.Data;
using MetaPrompt.Data.Moderation;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Moderation;

public sealed class ReportQueriesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly ReportQueries _reports = new(database.Db);

    [Fact]
    public async Task Reporting_twice_is_one_report_with_the_later_words_and_can_be_withdrawn()
    {
        var (template, me) = (await TemplateAsync(), await PersonAsync());

        var first = await _reports.ReportAsync(me, template, "spam", "Buy now", _ct);
        var second = await _reports.ReportAsync(me, template, "copyright", "  It is my text'; --  ", _ct);

        Assert.Equal(first, second);
        var own = (await _reports.OwnAsync(me, template, _ct))!;
        Assert.Equal(("copyright", "It is my text'; --"), (own.Reason, own.Details));
        Assert.Null(await _reports.OwnAsync(await PersonAsync(), template, _ct));
        Assert.True(await _reports.WithdrawAsync(me, template, _ct));
        Assert.False(await _reports.WithdrawAsync(me, template, _ct));
        Assert.Null(await _reports.OwnAsync(me, template, _ct));
        Assert.NotEqual(first, await _reports.ReportAsync(me, template, "spam", "", _ct));
    }

    [Fact]
    public async Task A_report_sent_many_times_at_once_is_one()
    {
        var (template, me) = (await TemplateAsync(), await PersonAsync());

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _reports.ReportAsync(me, template, "spam", "", _ct)));

        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task An_unlisted_template_can_be_reported_by_whoever_has_the_link_a_private_one_by_nobody()
    {
        var author = await PersonAsync();
        var prompt = await database.CreatePromptAsync(author.UserId!.Value);
        var template = await new PublishQueries(database.Db).PublishAsync(author, prompt, null, [], _ct);
        await database.Db.ExecuteAsync(author, "select public.publish_prompt(@Id, null, '{}', 'unlisted')", new { Id = prompt }, _ct);
        var me = await PersonAsync();
        await _reports.ReportAsync(me, template, "personal_data", "", _ct);
        Assert.NotNull(await _reports.OwnAsync(me, template, _ct));

        await new PublishQueries(database.Db).UnpublishAsync(author, prompt, _ct);
        foreach (var id in new[] { template, Guid.NewGuid() })
            Assert.Equal("P0002", (await Assert.ThrowsAsync<PostgresException>(async () => await _reports.ReportAsync(await PersonAsync(), id, "spam", "", _ct))).SqlState);
    }

    [Fact]
    public async Task Ones_own_template_no_reason_and_too_many_words_are_refused()
    {
        var author = await database.CreateUserAsync();
        var template = await new Planted { Author = author }.PlantAsync(database);
        async Task<string> RefusedAsync(Caller caller, string reason, string details) =>
            (await Assert.ThrowsAsync<PostgresException>(() => _reports.ReportAsync(caller, template, reason, details, _ct))).SqlState;

        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, await RefusedAsync(Caller.User(author), "spam", ""));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await RefusedAsync(Caller.Anonymous, "spam", ""));
        Assert.Equal(PostgresErrorCodes.CheckViolation, await RefusedAsync(await PersonAsync(), "revenge", ""));
        Assert.Equal(PostgresErrorCodes.CheckViolation, await RefusedAsync(await PersonAsync(), "other", " \n"));
        Assert.Equal(PostgresErrorCodes.CheckViolation, await RefusedAsync(await PersonAsync(), "spam", new string('x', 1001)));
        await _reports.ReportAsync(await PersonAsync(), template, "other", new string('x', 1000), _ct);
    }

    [Fact]
    public async Task Twenty_reports_a_day_are_the_most_withdrawn_ones_included()
    {
        var me = await PersonAsync();
        var templates = new List<Planted>();
        var author = await database.CreateUserAsync();
        for (var i = 0; i < 21; i++)
            templates.Add(new Planted { Author = author });
        await Planted.PlantAsync(database, templates);
        foreach (var template in templates.Take(20))
            await _reports.ReportAsync(me, template.Id, "spam", "", _ct);
        await _reports.WithdrawAsync(me, templates[0].Id, _ct);

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => _reports.ReportAsync(me, templates[20].Id, "spam", "", _ct));

        Assert.Equal(PublishRefusal.TooMany, refusal.SqlState);
        Assert.InRange(PublishRefusal.PossibleAt(refusal)!.Value, DateTime.UtcNow.AddHours(23), DateTime.UtcNow.AddHours(24.1));
        // What is open can still be changed.
        await _reports.ReportAsync(me, templates[5].Id, "broken", "", _ct);
        await database.OwnerAsync("update public.template_reports set created_at = now() - interval '25 hours' where user_id = @u", ("u", me.UserId));
        await _reports.ReportAsync(me, templates[20].Id, "spam", "", _ct);
    }

    private async Task<Guid> TemplateAsync() => await new Planted { Author = await database.CreateUserAsync() }.PlantAsync(database);

    private async Task<Caller> PersonAsync() => Caller.User(await database.CreateUserAsync());
}
