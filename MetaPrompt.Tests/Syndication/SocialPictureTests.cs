using System.Net;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Tests.Templates;
using MetaPrompt.Web.Features.Syndication;
using SkiaSharp;
using Xunit;

namespace MetaPrompt.Tests.Syndication;

/// <summary>The pictures of link previews: always one, whatever the words; never of what is private.</summary>
public sealed class SocialPictureTests(BrowserSite site) : IClassFixture<BrowserSite>
{
    private static readonly string[] Variables = ["pull_requests", "audience", "max_items"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Titles =>
    [
        "Review a diff like a staff engineer",
        "",
        string.Concat(Enumerable.Repeat("A very long title of many words ", 8)),
        new string('W', 255),
        "🎈🎉 Party plans 👩‍👩‍👧‍👦 for {{guests}}",
        "مرحبا بالعالم",
        "שלום עולם",
        "Обзор кода для команды",
        "為合併請求撰寫發行說明並整理成清單",
        "Z̷̢̛a̵̢͝l̶̛͜g̸͇̈o̶͍͝ \u202Eesrever\u202C",
        "\u0000\u0001\u0007\uFFFF\uD800 control \uDC00",
        "Čeština, Türkçe, Tiếng Việt, Łódź & Ærø",
    ];

    [Theory]
    [MemberData(nameof(Titles))]
    public void Every_title_makes_a_picture_of_the_right_size(string title)
    {
        using var picture = SKBitmap.Decode(SocialPicture.Draw(title, "Engineering", Variables, "Ann Author"));

        Assert.Equal((1200, 630), (picture.Width, picture.Height));
        Assert.Equal(SKColor.Parse("#faf8f4"), picture.GetPixel(4, 4));
        // The words stay on the sheet.
        for (var y = 60; y < 570; y++)
            Assert.Equal(SKColors.White, picture.GetPixel(1140, y));
    }

    [Theory]
    [InlineData("A \u202Etitle\u0007\n of\u200B one  line", "A title of one line")]
    [InlineData("Z̷a̵l̶g̸o", "Zalgo")]
    [InlineData("e\u0301 and \uD800", "é and")]
    [InlineData("مرحبا", null)]
    [InlineData("\u0001\u200B", null)]
    [InlineData(null, null)]
    public void What_cannot_be_drawn_well_is_not_drawn(string? title, string? drawn) => Assert.Equal(drawn, PictureText.Read(title));

    [Fact]
    public async Task A_picture_is_the_same_until_its_template_changes_and_likes_are_no_change()
    {
        var author = await site.Database.CreateUserAsync(name: "Ann");
        var id = await new Planted { Author = author, Title = "First title" }.PlantAsync(site.Database);
        using var first = await GetAsync($"/templates/{id}/picture.png");
        await site.Database.OwnerAsync("update public.prompt_templates set likes_count = 99 where id = @id", ("id", id));
        using var liked = await GetAsync($"/templates/{id}/picture.png", first.Headers.ETag!.ToString());
        await site.Database.OwnerAsync(
            "update public.prompts set title = 'Second title' where id = (select prompt_id from public.prompt_templates where id = @id)", ("id", id));
        using var changed = await GetAsync($"/templates/{id}/picture.png", first.Headers.ETag!.ToString());

        Assert.Equal("image/png", first.Content.Headers.ContentType!.MediaType);
        Assert.True(first.Headers.CacheControl is { Public: true, MaxAge.TotalDays: 1 });
        Assert.False(first.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.NotModified, liked.StatusCode);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(first.Headers.ETag, changed.Headers.ETag);
    }

    [Fact]
    public async Task What_only_its_author_may_see_has_no_picture_and_what_has_a_link_has_one()
    {
        var author = await site.Database.CreateUserAsync(name: "Ann");
        var hidden = await new Planted { Author = author, Title = "Private", IsPublic = false }.PlantAsync(site.Database);
        var shown = await new Planted { Author = author, Title = "Public" }.PlantAsync(site.Database);
        using var before = await GetAsync($"/templates/{shown}/picture.png");
        await site.Database.OwnerAsync("update public.prompts set is_public = false where user_id = @id", ("id", author));
        using var after = await GetAsync($"/templates/{shown}/picture.png");
        using var never = await GetAsync($"/templates/{hidden}/picture.png");
        await site.Database.OwnerAsync("update public.prompt_templates set unlisted = true where id = @id", ("id", shown));
        using var unlisted = await GetAsync($"/templates/{shown}/picture.png");

        Assert.Equal(
            [HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.OK],
            new[] { before.StatusCode, after.StatusCode, never.StatusCode, unlisted.StatusCode });
    }

    [Fact]
    public async Task The_site_has_a_picture_too()
    {
        using var answer = await GetAsync("/picture.png");
        using var picture = SKBitmap.Decode(await answer.Content.ReadAsByteArrayAsync(Stop));

        Assert.Equal((1200, 630), (picture.Width, picture.Height));
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? known = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = site.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (known is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
        return await client.SendAsync(request, Stop);
    }
}
