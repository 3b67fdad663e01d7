using System.Text;
using MetaPrompt.Tests.Infrastructure;
using Microsoft.Playwright;
using Xunit;

namespace MetaPrompt.Tests.Browser;

public sealed class ModelsTests(ModelsTests.WithOwnKeys site) : BrowserTest(site), IClassFixture<ModelsTests.WithOwnKeys>
{
    private const string Key = "sk-own-2718281828459045-tail";

    [Fact]
    public async Task A_key_is_added_its_model_chosen_and_the_key_comes_back_to_no_browser()
    {
        var model = ((WithOwnKeys)Site).Model;
        model.ModelIds = ["scripted-1", "scripted-2", "text-embedding-9"];
        var page = await OpenAsync(new Visit { Width = 390, Height = 844, Dark = true });
        var came = new List<string>();
        page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) =>
        {
            lock (came)
                came.Add(frame.Text ?? Encoding.UTF8.GetString(frame.Binary ?? []));
        };
        await SignUpAsync(page, "Ada", "/models");
        await WaitInteractiveAsync(page);
        await AxeAsync(page);
        await FitsAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Add a key" }).ClickAsync();
        await page.GetByLabel("Another that speaks OpenAI’s API").CheckAsync();
        await page.GetByLabel("Address of the API").FillAsync(model.Endpoint);
        await page.GetByLabel("Key (if it wants one)").FillAsync(Key);
        await page.GetByLabel("Name").FillAsync("Mine");
        await AxeAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add key" }).ClickAsync();

        await Assertions.Expect(page.GetByText("The key works.")).ToBeVisibleAsync();
        Assert.Equal("Bearer " + Key, model.Listings[^1]["Authorization"]);
        await Assertions.Expect(page.GetByLabel("text-embedding-9")).ToHaveCountAsync(0);
        await page.GetByLabel("scripted-2").CheckAsync();
        var row = page.GetByRole(AriaRole.Heading, new() { Name = "scripted-2" });
        await Assertions.Expect(row).ToBeVisibleAsync();
        await AxeAsync(page);
        await FitsAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Bring your own key" })).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(row).ToBeVisibleAsync();
        await page.ReloadAsync();
        await WaitInteractiveAsync(page);
        await Assertions.Expect(row).ToBeVisibleAsync();

        Assert.DoesNotContain("2718281828459045", await page.ContentAsync(), StringComparison.Ordinal);
        var values = await page.EvaluateAsync<string>("() => [...document.querySelectorAll('input')].map(input => input.value).join()");
        Assert.DoesNotContain("2718281828459045", values, StringComparison.Ordinal);
        lock (came)
        {
            Assert.Contains(came, frame => frame.Contains("Key ending in tail", StringComparison.Ordinal) || frame.Contains("tail", StringComparison.Ordinal));
            Assert.DoesNotContain(came, frame => frame.Contains("2718281828459045", StringComparison.Ordinal));
        }
    }

    /// <summary>A site that allows the scripted server's address.</summary>
    public sealed class WithOwnKeys : BrowserSite
    {
        /// <summary>The provider.</summary>
        public ScriptedOpenAi Model { get; private set; } = null!;

        /// <inheritdoc/>
        protected override IEnumerable<(string Name, string Value)> Settings =>
        [
            ("OwnKeys:AllowHttp", "true"),
            ("OwnKeys:AllowedHosts:0", "127.0.0.1"),
            ("Models:0:Name", "Scripted"),
            ("Models:0:Provider", "openai"),
            ("Models:0:Endpoint", Model.Endpoint),
            ("Models:0:Model", "scripted-1"),
            ("Models:0:ApiKey", "sk-scripted"),
            ("Models:0:InputPricePerMillion", "2"),
            ("Models:0:OutputPricePerMillion", "8"),
            ("Models:0:PricedOn", "2026-11-20"),
            ("Budget:PerPersonPerDay", "1.50"),
        ];

        /// <inheritdoc/>
        public override async ValueTask InitializeAsync()
        {
            Model = await ScriptedOpenAi.StartAsync();
            await base.InitializeAsync();
        }

        /// <inheritdoc/>
        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Model.DisposeAsync();
        }
    }
}
