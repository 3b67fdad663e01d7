using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class LatestOnlyTests
{
    [Fact]
    public void A_new_load_cancels_the_one_before()
    {
        using var loads = new LatestOnly();
        var first = loads.Next();

        var second = loads.Next();

        Assert.True(first.IsCancellationRequested);
        Assert.False(loads.IsLatest(first));
        Assert.True(loads.IsLatest(second));
    }

    [Fact]
    public void After_the_page_is_closed_no_load_counts()
    {
        var loads = new LatestOnly();
        var token = loads.Next();

        loads.Dispose();

        Assert.True(token.IsCancellationRequested);
        Assert.False(loads.IsLatest(token));
        Assert.True(loads.Next().IsCancellationRequested);
    }
}
