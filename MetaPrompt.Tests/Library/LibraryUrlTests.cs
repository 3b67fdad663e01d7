using CsCheck;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Features.Library;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class LibraryUrlTests
{
    private static Gen<PromptFilter> Filters { get; } =
        from search in Gen.String[Gen.Char[" aZ%&=+#é日"], 1, 40]
        from labels in Gen.Guid.Array[0, 3]
        from unlabelled in Gen.Bool
        from visibility in Gen.OneOf(Gen.Const((PromptVisibility?)null), Gen.Enum<PromptVisibility>().Select(one => (PromptVisibility?)one))
        select new PromptFilter
        {
            Search = string.IsNullOrWhiteSpace(search) ? null : search.Trim(), Unlabelled = unlabelled,
            Labels = unlabelled ? [] : [.. labels.Where(id => id != Guid.Empty).Distinct().Order()], Visibility = visibility,
        };

    [Fact]
    public void An_address_says_what_the_list_shows_and_is_read_as_that() =>
        Gen.Select(Filters, Gen.Enum<PromptSort>()).Sample((filter, sort) =>
        {
            var url = LibraryUrl.List(filter, sort);
            var query = QueryHelpers.ParseQuery(url.Contains('?', StringComparison.Ordinal) ? url[url.IndexOf('?', StringComparison.Ordinal)..] : "");
            var (read, readSort) = LibraryUrl.Read(
                query.GetValueOrDefault("q"), query.GetValueOrDefault("label").OfType<string>(), query.GetValueOrDefault("show"), query.GetValueOrDefault("sort"));
            Assert.Equal(url, LibraryUrl.List(read, readSort));
            Assert.Equal((sort, filter.Visibility, filter.Unlabelled), (readSort, read.Visibility, read.Unlabelled));
            Assert.Equal(filter.Labels, read.Labels);
        });

    [Fact]
    public void What_makes_no_sense_in_an_address_is_left_out()
    {
        var (filter, sort) = LibraryUrl.Read("  ", ["x", "", "00000000-0000-0000-0000-000000000000"], "everybody", "likes");

        Assert.True(filter.IsNone);
        Assert.Equal((PromptSort.Newest, "/prompts"), (sort, LibraryUrl.List(filter, sort)));
    }

    [Fact]
    public void An_endless_search_is_cut() => Assert.Equal(200, LibraryUrl.Read(new string('a', 5000), null, null, null).Filter.Search!.Length);
}
