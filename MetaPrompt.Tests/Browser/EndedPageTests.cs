using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

/// <summary>A page that the server ends for what it sends says so itself.</summary>
public sealed class EndedPageTests(EndedPageTests.Paced site) : BrowserTest(site), IClassFixture<EndedPageTests.Paced>
{
    [Theory]
    [InlineData(390, true)]
    [InlineData(1280, false)]
    public async Task A_page_that_sends_too_much_says_that_it_is_ended_and_how_to_go_on(int width, bool dark)
    {
        ExpectEnd();
        var page = await OpenAsync(new Visit { Width = width, Dark = dark });
        await SignUpAsync(page, "Ada Flood");
        await GoInteractiveAsync(page, "/prompts/import");

        await FloodAsync(page);

        var notice = page.Locator("#components-reconnect-modal[open]");
        await Assertions.Expect(notice).ToContainTextAsync("The server has ended this page");
        await Assertions.Expect(notice.Locator(".row:visible")).ToHaveCountAsync(1);
        await Assertions.Expect(notice.GetByText("Reload it to go on.")).ToBeVisibleAsync();
        await FitsAsync(page);
        await AxeAsync(page);

        await notice.GetByRole(AriaRole.Button, new() { Name = "Reload" }).ClickAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(notice).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_was_typed_there_stays_to_be_copied()
    {
        ExpectEnd();
        var page = await OpenAsync();
        await SignUpAsync(page, "Ada Typed");
        await GoInteractiveAsync(page, "/prompts/import");
        await page.GetByText("Or paste text").ClickAsync();
        var field = page.Locator("main textarea").First;
        await field.FillAsync("Words that nobody keeps");

        await FloodAsync(page);

        var notice = page.Locator("#components-reconnect-modal[open]");
        await Assertions.Expect(notice.Locator(".row:visible")).ToContainTextAsync("The server has ended this page: it sent far more at once than a person can do. Copy what you typed, then reload.");
        await Assertions.Expect(field).ToHaveValueAsync("Words that nobody keeps");
    }

    // What Blazor writes into the console, and the program into its log, of a page that is ended.
    private void ExpectEnd()
    {
        Expect("There was an unhandled exception on the current circuit");
        Expect("Circuit has been shut down due to error");
        Expect("PageTooBusyException");
        ExpectLostConnection();
    }

    // As a script would: events of a field that has a handler, without a hand.
    private static async Task FloodAsync(IPage page) => await page.EvaluateAsync(
        """
        () => {
          const field = document.querySelector('main textarea');
          const was = field.value;
          for (let n = 0; n < 800; n++) field.dispatchEvent(new Event('change', { bubbles: true }));
          field.value = was;
        }
        """);

    /// <summary>A site where few actions a minute are many.</summary>
    public sealed class Paced : BrowserSite
    {
        /// <inheritdoc/>
        protected override IEnumerable<(string Name, string Value)> Settings => [("Limits:PageActionsPerMinute", "120")];
    }
}
