using CsCheck;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Features.History;
using Xunit;

namespace MetaPrompt.Tests.History;

public sealed class ResultsUrlTests
{
    private static Gen<ResultFilter> Filters { get; } =
        from search in Gen.Null(Gen.String[Gen.Char['!', '~'], 1, 30])
        from ids in Gen.Nullable(Gen.Guid).Array[3]
        from version in Gen.Nullable(Gen.Int[1, 500])
        from model in Gen.Null(Gen.String[Gen.Char['!', '~'], 1, 50])
        from days in Gen.Nullable(Gen.Int[0, 9_000]).Array[2]
        from status in Gen.Nullable(Gen.Enum<ResultStatus>())
        from starred in Gen.Bool
        select new ResultFilter
        {
            Search = search, PromptId = ids[0], CaseId = ids[1], RunId = ids[2], Version = version, Model = model, Starred = starred, Status = status,
            From = days[0] is { } first ? new DateOnly(2020, 1, 1).AddDays(first) : null, To = days[1] is { } last ? new DateOnly(2020, 1, 1).AddDays(last) : null,
        };

    [Fact]
    public void An_address_says_all_that_the_list_is_narrowed_to() => Gen.Select(Filters, Gen.Bool).Sample((filter, oldest) =>
    {
        var url = ResultsUrl.List(filter, oldest);
        var read = ResultsUrl.Read(new Uri(new Uri("http://x"), url).Query);
        Assert.Equal((filter, oldest), read);
        Assert.Equal(url, ResultsUrl.List(read.Filter, read.OldestFirst));
    });

    [Fact]
    public void What_makes_no_sense_in_an_address_is_left_out()
    {
        var (filter, oldest) = ResultsUrl.Read("?q=%20&prompt=x&version=-1&model=&run=1&from=yesterday&to=0001-01-01&status=great&starred=yes&sort=random");
        Assert.Equal((ResultFilter.None, false), (filter, oldest));
        Assert.Equal("/results", ResultsUrl.List(filter, oldest));
    }

    [Fact]
    public void Six_are_compared_at_most_and_each_once()
    {
        var ids = Enumerable.Range(0, 9).Select(_ => Guid.NewGuid()).ToList();
        var url = ResultsUrl.Compare([ids[0], .. ids]);
        Assert.Equal(ids.Take(5), ResultsUrl.ReadIds(url.Split('=')[1]));
        Assert.Empty(ResultsUrl.ReadIds("a,b,,"));
    }
}
