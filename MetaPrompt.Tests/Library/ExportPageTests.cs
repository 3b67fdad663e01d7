using Bunit;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Prompting.Importing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class ExportPageTests(TestDatabase database) : BunitContext, IClassFixture<TestDatabase>, IAsyncLifetime
{
    private Guid _user;

    public async ValueTask InitializeAsync()
    {
        DefaultWaitTimeout = TimeSpan.FromSeconds(20);
        JSInterop.Mode = JSRuntimeMode.Loose;
        _user = await database.CreateUserAsync();
        Services.AddSingleton(database.Db);
        Services.AddSingleton<TransferQueries>();
        Services.AddSingleton<AntiforgeryStateProvider, NoToken>();
        AddAuthorization().SetAuthorized("Ada").SetClaims(new System.Security.Claims.Claim(System.Security.Claims.ClaimTypes.NameIdentifier, _user.ToString()));
        SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public async Task The_report_follows_the_format()
    {
        var id = await database.CreatePromptAsync(
            _user, "Release notes", "Say what is new", "Write about {{product}}.", """[{"name":"product","label":"Which product","default":"MetaPrompt"}]""");
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/prompts/export?ids={id}");
        var page = Render<ExportPage>();
        page.WaitForAssertion(() => Assert.Equal("Nothing is lost", page.Find(".export-report h2").TextContent));
        Assert.Equal("Download release-notes.md", page.Find("button[type=submit]").TextContent.Trim());

        Choose(page, PromptFormat.Langfuse);

        page.WaitForAssertion(() => Assert.Contains("cannot carry everything", page.Find(".export-report h2").TextContent, StringComparison.Ordinal));
        Assert.Contains("goal is left out", page.Find(".losses").TextContent, StringComparison.Ordinal);
        Assert.Contains("The default of {{product}} is left out", page.Find(".losses").TextContent, StringComparison.Ordinal);
        Assert.Equal("Langfuse", page.Find("input[name=format][type=hidden]").GetAttribute("value"));
    }

    [Fact]
    public async Task Several_prompts_are_one_file_or_a_zip_and_those_of_others_are_not_there()
    {
        var one = await database.CreatePromptAsync(_user, "One", template: "First.", variables: "[]");
        var two = await database.CreatePromptAsync(_user, "Two", template: "Second.", variables: "[]");
        var stranger = await database.CreatePromptAsync(await database.CreateUserAsync(), "Strange", template: "Third.", variables: "[]");
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/prompts/export?ids={one},{two},{stranger}");

        var page = Render<ExportPage>();

        page.WaitForAssertion(() => Assert.Equal("Export 2 prompts", page.Find("h1").TextContent));
        page.WaitForAssertion(() => Assert.Equal("Download 2 files (zip)", page.Find("button[type=submit]").TextContent.Trim()));
        Choose(page, PromptFormat.Promptfoo);
        page.WaitForAssertion(() => Assert.Equal("Download promptfooconfig.yaml", page.Find("button[type=submit]").TextContent.Trim()));
    }

    [Fact]
    public void An_id_that_is_none_finds_nothing_instead_of_everything()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/prompts/export?ids=nonsense");

        var page = Render<ExportPage>();

        page.WaitForAssertion(() => Assert.Contains("nothing to export", page.Markup, StringComparison.Ordinal));
    }

    private static void Choose(IRenderedComponent<ExportPage> page, PromptFormat format) =>
        page.Find($"input[type=radio][value={format}]").Change(format.ToString());

    private sealed class NoToken : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => null;
    }
}
