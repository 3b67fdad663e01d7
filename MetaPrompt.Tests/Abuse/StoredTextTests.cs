using System.Net;
using MetaPrompt.Data;
using MetaPrompt.Data.Collections;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Shared;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MetaPrompt.Tests.Abuse;

/// <summary>
/// The corpus as rows: every text that the tables take, as title, goal and template of a public prompt of Ann's, its samples in
/// notes, labels, answers and names besides. Then every page, feed and file that shows them, and a browser that opens them.
/// </summary>
public sealed class StoredTextTests(StoredTextTests.Filled site) : BrowserTest(site), IClassFixture<StoredTextTests.Filled>
{
    private readonly Targets _targets = new(site);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_feed_and_file_shows_them_as_text()
    {
        var hostile = site;
        var pages = new List<string>();
        foreach (var id in site.Templates)
            pages.Add($"/templates/{id}");
        foreach (var id in site.Prompts.Where((_, i) => i % 12 == 0))
            pages.AddRange([$"/prompts/{id}", $"/prompts/{id}/publish", $"/prompts/{id}/test"]);
        pages.AddRange(_targets.Endpoints.Where(target => !target.Post).Select(target => target.Address));
        pages.AddRange(Enumerable.Range(0, 20).Select(i => $"/prompts?q={i}"));
        var problems = await Harmless.AskAsync(pages.Distinct().Select(page => (hostile.AnnsBrowser, (Func<HttpRequestMessage>)(() => new HttpRequestMessage(HttpMethod.Get, page)), page)).ToList());

        Harmless.None(problems);
        // All of them stand in the list, page after page.
        var (next, seen) = ("/templates?sort=new", 0);
        while (next is not null)
        {
            using var answer = await hostile.Visitor.GetAsync(new Uri(next, UriKind.Relative), Stop);
            Harmless.None(await Harmless.ProblemsAsync(answer, Stop));
            var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Stop));
            seen += page.QuerySelectorAll("main .card, main article").Length;
            next = page.QuerySelectorAll("main a").FirstOrDefault(link => link.GetAttribute("href")?.Contains("after=", StringComparison.Ordinal) == true)?.GetAttribute("href");
        }

        Assert.InRange(seen, site.Templates.Count, int.MaxValue);
        Harmless.None(Site.TakeErrors());
    }

    [Fact]
    public async Task A_browser_runs_nothing_of_them_and_finds_nothing_against_the_policy()
    {
        var page = await OpenAsync();
        page.Dialog += (_, dialog) =>
        {
            site.Alarms.Enqueue($"a dialog at {page.Url}: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        page.Request += (_, request) =>
        {
            if (request.Url.Contains("//evil", StringComparison.Ordinal))
                site.Alarms.Enqueue($"{page.Url} asked {request.Url}");
        };
        await page.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', event => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))");
        await HostileSite.SignInAsync(page, site.Ann.Person);
        var worst = site.Worst.Take(6).ToList();
        foreach (var path in _targets.Endpoints.Where(target => !target.Post && !target.Pattern.Contains('.', StringComparison.Ordinal)).Select(target => target.Address)
            .Concat(worst.SelectMany(one => new[] { $"/templates/{one.Template}", $"/prompts/{one.Prompt}", $"/prompts/{one.Prompt}/test" }))
            .Where(path => path is not ("/account/export" or "/templates/suggest" or "/health" or "/error" or "/metrics") && !path.EndsWith("/counts", StringComparison.Ordinal) && !path.StartsWith("/avatars", StringComparison.Ordinal)).Distinct())
        {
            if (path.StartsWith("/moderation", StringComparison.Ordinal) || path.StartsWith("/monitoring", StringComparison.Ordinal) || path == "/not-found")
                continue;
            await page.GotoAsync(path);
            if (await page.Locator("main[data-interactive]").CountAsync() > 0)
                await WaitInteractiveAsync(page);
        }

        Harmless.None([.. site.Alarms]);
    }

    /// <summary>A program whose tables are full of them.</summary>
    public sealed class Filled : HostileSite
    {
        /// <summary>What a browser should not have done.</summary>
        public System.Collections.Concurrent.ConcurrentQueue<string> Alarms { get; } = new();

        /// <summary>The prompts of the corpus, in its order.</summary>
        public IReadOnlyList<Guid> Prompts { get; private set; } = [];

        /// <summary>Their templates in the gallery.</summary>
        public IReadOnlyList<Guid> Templates { get; private set; } = [];

        /// <summary>The ones whose text is markup, far apart.</summary>
        public IReadOnlyList<(Guid Prompt, Guid Template)> Worst { get; private set; } = [];

        /// <inheritdoc/>
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            var caller = Caller.User(Ann.Person);
            // By the same way as an import, cut to what the tables take; a title of blanks only is refused there.
            var texts = Corpus.All.Select(input => (input.Kind, Text: CleanText.Of(input.Text))).Where(one => Title(one.Text).Length > 0).ToList();
            Prompts = await Services.GetRequiredService<TransferQueries>().InsertAsync(caller, [.. texts.Select(one => new ImportedPrompt
            {
                Title = Title(one.Text), Goal = Cut(one.Text, 2_000), Template = Cut(one.Text, 30_000), Variables = "[]", Tags = [],
            })], Stop);
            await Database.OwnerAsync("update public.prompts set is_public = true where id = any(@ids)", ("ids", Prompts.ToArray()));
            await Database.OwnerAsync(
                """
                insert into public.prompt_templates (prompt_id, user_id, category, tags)
                select id, user_id, left(title, 60), array[lower(left(title, 30))] from public.prompts where id = any(@ids)
                """, ("ids", Prompts.ToArray()));
            var ids = await Policies.Scene.ListAsync(Database, $"select id::text from public.prompt_templates where user_id = '{Ann.Person}' and prompt_id in (select id from public.prompts where is_public and deleted_at is null)");
            Templates = [.. ids.Select(Guid.Parse)];
            var markup = texts.Select((one, i) => (one.Kind, Id: Prompts[i])).Where(one => one.Kind is "markup" or "markdown" or "handler").Select(one => one.Id).ToList();
            var worst = new List<(Guid, Guid)>();
            foreach (var id in markup.Where((_, i) => i % (markup.Count / 6) == 0))
                worst.Add((id, await Database.OwnerScalarAsync<Guid>("select id from public.prompt_templates where prompt_id = @id", ("id", id))));
            Worst = worst;
            await BesidesAsync(caller);
        }

        // The smaller texts: each table has its own limits, which a page tells; the worst of each kind within them.
        private async Task BesidesAsync(Caller caller)
        {
            var results = Services.GetRequiredService<TestResultQueries>();
            foreach (var (input, place) in Corpus.Sample(1, 9).Select((input, place) => (input, place)))
            {
                var text = Cut(CleanText.Of(input.Text), 50).Trim() is { Length: > 0 } clean ? clean : "blank";
                await results.SaveAsync(caller, new NewTestResult
                {
                    PromptId = Ann.PrivatePrompt, Model = text, Temperature = 1, VariableValues = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { [text] = input.Text[..Math.Min(500, input.Text.Length)] }),
                    ResolvedPrompt = Cut(input.Text, 5_000), Result = Cut(input.Text, 5_000),
                }, Stop);
                await Services.GetRequiredService<LabelQueries>().AddAsync(caller, text[..Math.Min(30, text.Length)] + place, [Ann.PrivatePrompt], Stop);
                await Services.GetRequiredService<CollectionQueries>().CreateAsync(caller, text, text, shared: true, Stop);
            }

            await Database.OwnerAsync("update auth.users set raw_user_meta_data = jsonb_build_object('full_name', @name::text) where id = @id", ("name", "<img src=x onerror=alert('evil')>"), ("id", Ann.Person));
        }

        private static string Title(string text) => Cut(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), 200).Trim();

        private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
    }
}
