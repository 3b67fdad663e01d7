using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>Collecting and following as people do it.</summary>
public sealed class CollectionTests(BrowserSite site) : BrowserTest(site), IClassFixture<BrowserSite>
{
    [Fact]
    public async Task A_template_is_collected_into_a_new_collection_shared_and_read_by_a_visitor()
    {
        var template = new Planted { Author = await Site.Database.CreateUserAsync(name: "Grace Hopper"), Title = "Compile it twice" };
        await template.PlantAsync(Site.Database);
        var page = await OpenAsync();
        await SignUpAsync(page, "Collector", $"/collections/add/{template.Id}");
        await page.GetByLabel("Name of your first collection").FillAsync("Release week");
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Assertions.Expect(page.GetByText("it is in 1 collection")).ToBeVisibleAsync();

        await page.GotoAsync("/collections");
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Release week" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Share", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("whoever has the link can read it")).ToBeVisibleAsync();
        var link = await page.GetByLabel("Link for readers").InputValueAsync();
        await AxeAsync(page);

        // Taken out and back, without losing the page; the focus goes to the undo.
        await page.GetByRole(AriaRole.Button, new() { Name = "Take out “Compile it twice”" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Took “Compile it twice” out.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Compile it twice" })).ToBeVisibleAsync();

        var visitor = await OpenAsync(new Visit { Dark = true, Width = 390, JavaScript = true });
        await visitor.GotoAsync(link);
        await Assertions.Expect(visitor.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Release week");
        await Assertions.Expect(visitor.GetByRole(AriaRole.Link, new() { Name = "Compile it twice" })).ToBeVisibleAsync();
        await AxeAsync(visitor);
        await FitsAsync(visitor);
    }

    [Fact]
    public async Task A_followed_authors_next_template_is_new_and_every_page_of_ones_own_is_accessible_and_fits_a_phone()
    {
        var author = await Site.Database.CreateUserAsync(name: "Konrad Zuse");
        await new Planted { Author = author, Title = "An old one", Tags = ["a-tag"], Category = "Engineering" }.PlantAsync(Site.Database);
        var page = await OpenAsync(new Visit { Width = 390, Dark = true });
        var email = await SignUpAsync(page, "Reader", $"/authors/{author}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Follow", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Following" })).ToHaveAttributeAsync("aria-pressed", "true");
        await AxeAsync(page);
        await FitsAsync(page);

        await page.GotoAsync("/following");
        await Assertions.Expect(page.GetByText("Nothing new since your last visit")).ToBeVisibleAsync();
        await new Planted { Author = author, Title = "Fresh from the press", PublishedAt = DateTime.UtcNow.AddSeconds(1) }.PlantAsync(Site.Database);
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("1 new since your last visit")).ToBeVisibleAsync();

        // The other pages with something in them.
        var person = await Site.Database.OwnerScalarAsync<Guid>("select id from public.users where email = @email", ("email", email));
        await new Planted { Author = person, Title = new string('w', 120), Likes = 3 }.PlantAsync(Site.Database);
        await Site.Database.OwnerAsync(
            "insert into public.user_favorites (user_id, template_id) select @u, t.id from public.prompt_templates t limit 5", ("u", person));
        foreach (var path in new[] { "/following", "/favorites", "/collections", "/published?days=all" })
        {
            await page.GotoAsync(path);
            await AxeAsync(page);
            await FitsAsync(page);
        }
    }
}
