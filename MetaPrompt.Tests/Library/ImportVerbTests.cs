using System.Diagnostics;
using MetaPrompt.Data;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class ImportVerbTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Heading = "act,prompt,for_devs,type\n";

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"metaprompt-import-{Guid.NewGuid():N}.csv");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // Each test begins with nobody, and with nothing of theirs.
    public async ValueTask InitializeAsync() => await database.OwnerAsync("delete from auth.users");

    public ValueTask DisposeAsync()
    {
        File.Delete(_file);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Prompts_come_into_the_persons_library_in_the_order_of_the_file()
    {
        var ada = await database.CreateUserAsync("ada@example.test");

        var (code, report) = await ImportAsync(Heading + "First,Write to ${Name:Bob}.,FALSE,TEXT\nSecond,Do the other thing.,TRUE,TEXT\n", "Ada@Example.test");

        Assert.Equal(0, code);
        Assert.StartsWith("Imported 2 of 2 prompts in ", report[^1], StringComparison.Ordinal);
        Assert.Contains("1 with variables; left out 0 duplicates and 0 bad rows; cut 0 titles.", report[^1], StringComparison.Ordinal);
        var rows = await database.Db.QueryAsync<Row>(
            Caller.User(ada), "select title, goal, template, variables::text as variables, is_public from public.prompts order by created_at desc", null, Stop);
        Assert.Equal(["First", "Second"], rows.Select(row => row.Title));
        Assert.Equal(("Write to name.", "Write to {{name}}.", false), (rows[0].Goal, rows[0].Template, rows[0].IsPublic));
        Assert.Equal("Bob", PromptVariables.FromJson(rows[0].Variables)[0].Default);
    }

    [Fact]
    public async Task Published_prompts_are_found_in_the_gallery_with_category_and_tags()
    {
        await database.CreateUserAsync("ada@example.test", "Ada");

        await ImportAsync(Heading + "Lighthouse,A lighthouse at dusk.,TRUE,IMAGE\n", "ada@example.test", publish: true, category: " Community ");

        var card = await database.Db.FirstOrDefaultAsync<Card>(
            Caller.Anonymous,
            "select t.title, t.category, t.tags, t.author_name from public.get_popular_templates(10, 'Community') p cross join lateral public.get_template(p.id) t", null, Stop);
        Assert.Equal(("Lighthouse", "Community", "Ada"), (card!.Title, card.Category, card.AuthorName));
        Assert.Equal(["developers", "image"], card.Tags);
    }

    [Fact]
    public async Task A_second_run_imports_only_what_is_new_and_tells_the_rest()
    {
        await database.CreateUserAsync("ada@example.test");
        await ImportAsync(Heading + "One,Do one thing.,FALSE,TEXT\nTwo,Do two things.,FALSE,TEXT\n", "ada@example.test");

        var (_, report) = await ImportAsync(
            Heading + "One,Do one thing.,FALSE,TEXT\nThree,Do three things.,FALSE,TEXT\nTwo again,Do two things.,FALSE,TEXT\n", "ada@example.test");

        Assert.Equal("Row 2 (line 2) left out: this person has the same prompt already.", report[0]);
        Assert.Equal("Row 4 (line 4) left out: this person has the same prompt already.", report[1]);
        Assert.StartsWith("Imported 1 of 3 prompts", report[2], StringComparison.Ordinal);
        Assert.Equal(3, await CountAsync());
    }

    [Fact]
    public async Task Two_imports_at_once_do_not_import_anything_twice()
    {
        await database.CreateUserAsync("ada@example.test");
        await File.WriteAllTextAsync(_file, Heading + "One,Do one thing.,FALSE,TEXT\nTwo,Do two things.,FALSE,TEXT\n", Stop);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            ImportVerb.RunAsync(database.OwnerDataSource, _file, "ada@example.test", false, null, TextWriter.Null, Stop)));

        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task What_somebody_else_has_or_what_was_deleted_is_no_duplicate()
    {
        var ada = await database.CreateUserAsync("ada@example.test");
        var bob = await database.CreateUserAsync("bob@example.test");
        await database.CreatePromptAsync(bob, template: "Do one thing.");
        var deleted = await database.CreatePromptAsync(ada, template: "Do one thing.");
        await database.OwnerAsync("update public.prompts set deleted_at = now() where id = @id", ("id", deleted));

        var (_, report) = await ImportAsync(Heading + "One,Do one thing.,FALSE,TEXT\n", "ada@example.test");

        Assert.StartsWith("Imported 1 of 1 prompts", report[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_rows_are_told_in_order_and_the_good_ones_come_in()
    {
        await database.CreateUserAsync("ada@example.test");

        var (code, report) = await ImportAsync(
            Heading + "One,,FALSE,TEXT\nTwo,Do two things.,FALSE,TEXT\nThree,Too few\nFour,Do two things.,FALSE,TEXT\n" + new string('t', 300) + ",Do five things.,FALSE,TEXT\n",
            "ada@example.test");

        Assert.Equal(0, code);
        Assert.Equal(
            [
                "Row 2 (line 2) left out: has no prompt.",
                "Row 4 (line 4) left out: has 2 columns where the first line names 4.",
                "Row 5 (line 5) left out: the same prompt as row 3.",
                "Row 6 (line 6): title cut to 255 characters.",
            ],
            report.SkipLast(1));
        Assert.Contains("left out 1 duplicates and 2 bad rows; cut 1 titles", report[^1], StringComparison.Ordinal);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task A_person_nobody_knows_is_refused()
    {
        var (code, report) = await ImportAsync(Heading + "One,Do one thing.,FALSE,TEXT\n", "nobody@example.test");

        Assert.Equal(2, code);
        Assert.Contains("no account with the address nobody@example.test", Assert.Single(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused()
    {
        await database.CreateUserAsync("ada@example.test");

        var (code, report) = await RunAsync(_file, "ada@example.test");

        Assert.Equal(2, code);
        Assert.Contains($"no file {_file}", Assert.Single(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_refused()
    {
        var (code, report) = await RunAsync(Path.GetTempPath(), "ada@example.test");

        Assert.Equal(2, code);
        Assert.Contains("is a folder", Assert.Single(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_csv_of_prompts_is_refused()
    {
        var (code, report) = await ImportAsync("%PDF-1.7\n1 0 obj", "ada@example.test");

        Assert.Equal(2, code);
        Assert.Contains("act and prompt", Assert.Single(report), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_category_without_publishing_is_refused()
    {
        await database.CreateUserAsync("ada@example.test");

        var (code, report) = await ImportAsync(Heading + "One,Do one thing.,FALSE,TEXT\n", "ada@example.test", category: "Community");

        Assert.Equal(2, code);
        Assert.Contains("--publish", Assert.Single(report), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task The_real_file_where_it_is_at_hand_comes_in_whole_and_fast_and_loses_nothing()
    {
        // 993 community prompts, beside a checkout and never inside it.
        if (RealFile() is not { } real)
            return;
        await database.CreateUserAsync("ada@example.test");
        var clock = Stopwatch.StartNew();

        var (code, report) = await RunAsync(real, "ada@example.test", publish: true, category: "Community");

        Assert.Equal(0, code);
        Assert.StartsWith("Imported 993 of 993 prompts and published them", report[^1], StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), report[^1]);
        Assert.Equal(993, await database.OwnerScalarAsync<long>("select count(*) from internal.gallery where category = 'Community'"));
        Assert.Equal(0, await database.OwnerScalarAsync<long>("select count(*) from public.prompts where goal !~ '\\S' or length(goal) > 255"));

        var (_, again) = await RunAsync(real, "ada@example.test");
        Assert.StartsWith("Imported 0 of 993 prompts", again[^1], StringComparison.Ordinal);
    }

    private static string? RealFile()
    {
        var checkout = new DirectoryInfo(AppContext.BaseDirectory);
        while (checkout is not null && !File.Exists(Path.Combine(checkout.FullName, "MetaPrompt.sln")))
            checkout = checkout.Parent;
        // Beside the checkout, or a folder higher where several work trees stand together.
        return new[] { checkout?.Parent, checkout?.Parent?.Parent }
            .Select(folder => folder is null ? "" : Path.Combine(folder.FullName, "shared", "data", "prompts-chat.csv"))
            .FirstOrDefault(File.Exists);
    }

    private Task<long> CountAsync() => database.OwnerScalarAsync<long>("select count(*) from public.prompts");

    private async Task<(int Code, string[] Report)> ImportAsync(string csv, string owner, bool publish = false, string? category = null)
    {
        await File.WriteAllTextAsync(_file, csv, Stop);
        return await RunAsync(_file, owner, publish, category);
    }

    private async Task<(int Code, string[] Report)> RunAsync(string file, string owner, bool publish = false, string? category = null)
    {
        await using var output = new StringWriter();
        var code = await ImportVerb.RunAsync(database.OwnerDataSource, file, owner, publish, category, output, Stop);
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private sealed record Row
    {
        public required string Title { get; init; }
        public required string Goal { get; init; }
        public required string Template { get; init; }
        public required string Variables { get; init; }
        public required bool IsPublic { get; init; }
    }

    private sealed record Card
    {
        public required string Title { get; init; }
        public required string Category { get; init; }
        public required string[] Tags { get; init; }
        public required string AuthorName { get; init; }
    }
}
