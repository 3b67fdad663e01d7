using System.Security.Claims;
using Bunit;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Models;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Features.Wizard;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <summary>The connection to the database is cut after a commit and before its answer: nobody knows, and saving again is safe.</summary>
public sealed class LostAnswerTests : BunitContext, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private FaultProxy _proxy = null!;
    private NpgsqlDataSource _source = null!;
    private Guid _user;

    private static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(20);
        JSInterop.Mode = JSRuntimeMode.Loose;
        _database = await TestDatabase.CreateAsync();
        _user = await _database.CreateUserAsync();
        var address = new NpgsqlConnectionStringBuilder(_database.AppConnectionString);
        _proxy = FaultProxy.Before(Path.Combine(address.Host!, ".s.PGSQL.5432"));
        (address.Host, address.Port) = ("127.0.0.1", _proxy.Port);
        _source = NpgsqlDataSource.Create(address.ConnectionString);
        Services.AddMudServices();
        Services.AddSingleton(new Db(_source));
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<PromptQueries>();
        Services.AddSingleton<DraftQueries>();
        Services.AddSingleton<DismissedFindingQueries>();
        Services.AddSingleton<TransferQueries>();
        Services.AddSingleton(new ModelLimits());
        Services.AddSingleton(services => new ModelCatalog([], services.GetRequiredService<ModelLimits>(), TimeProvider.System));
        Services.AddSingleton<WizardModel>();
        Services.AddSingleton<ModelAllowance>();
        Services.AddSingleton(new BudgetSettings());
        Services.AddSingleton<BudgetQueries>();
        Services.AddSingleton<Budget>();
        Services.AddSingleton<PromptListQueries>();
        Services.AddSingleton<PromptBatchQueries>();
        Services.AddSingleton<PromptVersionQueries>();
        Services.AddSingleton<PromptLinkQueries>();
        Services.AddSingleton<PublishQueries>();
        Services.AddSingleton<LabelQueries>();
        Services.AddSingleton<GalleryQueries>();
        Services.AddSingleton(_source);
        Services.AddHybridCache();
        Services.AddSingleton<GalleryCache>();
        Services.AddSingleton<GalleryNotices>();
        Services.AddSingleton<GalleryChanged>();
        Services.AddOutputCache();
        Services.AddScoped<PromptDeletion>();
        Services.AddScoped<PromptBatch>();
        Services.AddScoped<PublishActions>();
        Services.AddScoped<VersionActions>();
        Services.AddScoped<LinkActions>();
        this.AddBunitPersistentComponentState();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, _user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _source.DisposeAsync();
        await _proxy.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_prompt_of_the_wizard_that_is_saved_again_is_there_once()
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("/wizard?goal=Turn%20merged%20pull%20requests%20into%20release%20notes");
        var page = Render<WizardPage>();
        page.WaitForElements("button").First(button => button.TextContent == "Next").Click();
        page.WaitForElement("#save");

        await LoseAsync(() => page.Find("#save").ClickAsync());
        page.WaitForAssertion(() => Assert.Contains("could not be saved", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal(1L, await CountAsync());
        page.Find("#save").Click();

        page.WaitForAssertion(() => Assert.Contains("/prompts/", navigation.Uri, StringComparison.Ordinal));
        Assert.Equal(1L, await CountAsync());
        Assert.EndsWith((await _database.OwnerScalarAsync<Guid>("select id from public.prompts where user_id = @user", ("user", _user))).ToString(), navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompts_that_are_imported_again_are_there_once()
    {
        var page = Render<ImportPage>();
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("Do it.", "fine.md"));
        page.WaitForElement("#import-now");

        await LoseAsync(() => page.Find("#import-now").ClickAsync());
        page.WaitForAssertion(() => Assert.Contains("Nothing is done twice", page.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Equal(1L, await CountAsync());
        page.Find("#import-now").Click();

        page.WaitForAssertion(() => Assert.Contains("Imported 1 prompt", page.Find(".notice").TextContent, StringComparison.Ordinal));
        Assert.Equal(1L, await CountAsync());
    }

    [Fact]
    public async Task A_prompt_that_is_duplicated_again_on_its_page_has_one_copy()
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        var original = await _database.CreatePromptAsync(_user, "Notes");
        var page = Render<PromptPage>(parameters => parameters.Add(one => one.Id, original));
        AngleSharp.Dom.IElement Duplicate() => page.WaitForElements("button").First(button => button.TextContent == "Duplicate");

        await LoseAsync(() => Duplicate().ClickAsync(), prompts: 2);
        page.WaitForAssertion(() => Assert.False(Duplicate().HasAttribute("disabled")));
        Assert.Equal(2L, await CountAsync());
        await Duplicate().ClickAsync();

        page.WaitForAssertion(() => Assert.Contains("/prompts/", navigation.Uri, StringComparison.Ordinal));
        Assert.Equal(2L, await CountAsync());
        Assert.EndsWith((await _database.OwnerScalarAsync<Guid>("select id from public.prompts where user_id = @user and id <> @original", ("user", _user), ("original", original))).ToString(), navigation.Uri, StringComparison.Ordinal);

        // Answered, it is done: whoever asks once more wants another.
        await Duplicate().ClickAsync();
        Assert.Equal(3L, await CountAsync());
    }

    [Fact]
    public async Task A_prompt_that_is_duplicated_again_in_the_list_has_one_copy()
    {
        await _database.CreatePromptAsync(_user, "Notes");
        var page = Render<PromptsPage>();

        await LoseAsync(() => page.WaitForElement("[aria-label='Duplicate Notes']").ClickAsync(), prompts: 2);
        await page.WaitForElement("[aria-label='Duplicate Notes']").ClickAsync();

        page.WaitForElement("[aria-label='Duplicate Notes (copy)']");
        Assert.Equal(2L, await CountAsync());
        await page.WaitForElement("[aria-label='Duplicate Notes']").ClickAsync();
        Assert.Equal(3L, await CountAsync());
    }

    // The statement has arrived and waits for a lock; then answers are held up, it commits, and the wire is cut.
    private async Task LoseAsync(Func<Task> save, int prompts = 1)
    {
        Task saving;
        await using (var connection = await _database.OwnerDataSource.OpenConnectionAsync(Stop))
        {
            await using var transaction = await connection.BeginTransactionAsync(Stop);
            await using var command = new NpgsqlCommand("lock table public.prompts in share mode", connection, transaction);
            await command.ExecuteNonQueryAsync(Stop);
            saving = save();
            await UntilAsync("select count(*) = 1 from pg_locks where relation = 'public.prompts'::regclass and not granted and database = (select oid from pg_database where datname = current_database())");
            _proxy.Be(Way.Mute);
            await transaction.CommitAsync(Stop);
        }

        await UntilAsync($"select count(*) = {prompts} from public.prompts");
        _proxy.Cut();
        _proxy.Be(Way.Open);
        await saving;
    }

    private async Task UntilAsync(string sql)
    {
        while (!await _database.OwnerScalarAsync<bool>(sql))
            await Task.Delay(10, Stop);
    }

    private Task<long> CountAsync() => _database.OwnerScalarAsync<long>("select count(*) from public.prompts where user_id = @user", ("user", _user));
}
