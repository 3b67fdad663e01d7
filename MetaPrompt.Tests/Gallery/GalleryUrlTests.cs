using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Features.Gallery;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Gallery;

/// <summary>Addresses and numbers of the gallery.</summary>
public sealed class GalleryUrlTests
{
    [Fact]
    public void An_address_says_only_what_was_asked_for_and_escapes_it() =>
        Assert.Equal("/templates?q=a%26b%3D%22c%22&tag=code%20review", GalleryUrl.List("a&b=\"c\"", null, "code review"));

    [Theory]
    [InlineData(null, true, TemplateSort.Best)]
    [InlineData(null, false, TemplateSort.Likes)]
    [InlineData("best", false, TemplateSort.Likes)]
    [InlineData("newest", true, TemplateSort.Newest)]
    [InlineData("; drop table", true, TemplateSort.Best)]
    public void An_unknown_order_is_the_usual_one(string? key, bool hasQuery, TemplateSort expected) =>
        Assert.Equal(expected, GalleryUrl.ParseSort(key, hasQuery));

    [Theory]
    [InlineData("12~0123456789abcdef0123456789abcdef", TemplateSort.Likes, true)]
    [InlineData("2026-11-22 10:00:00+00~0123456789abcdef0123456789abcdef", TemplateSort.Newest, true)]
    [InlineData("12.5~0123456789abcdef0123456789abcdef", TemplateSort.Trending, true)]
    [InlineData("12.5~0123456789abcdef0123456789abcdef", TemplateSort.Likes, false)]
    [InlineData("NaN~0123456789abcdef0123456789abcdef", TemplateSort.Trending, false)]
    [InlineData("12", TemplateSort.Likes, false)]
    [InlineData("12~xyz", TemplateSort.Likes, false)]
    [InlineData("~0123456789abcdef0123456789abcdef", TemplateSort.Likes, false)]
    public void A_cursor_that_the_order_cannot_have_is_none(string text, TemplateSort sort, bool valid) =>
        Assert.Equal(valid, GalleryQueries.ParseCursor(text, sort, hasQuery: true) is not null);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(4812, "4,812")]
    [InlineData(21_499, "21k")]
    [InlineData(1_250_000, "1.2M")]
    public void Numbers_are_as_long_as_they_need_to_be(long number, string expected) => Assert.Equal(expected, Numbers.Compact(number));
}
