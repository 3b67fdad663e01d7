using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class KeptFieldsTests
{
    [Fact]
    public void What_was_kept_is_read_with_clean_line_ends()
    {
        var kept = KeptFields.Read("""{"note":"n","at":1795000000000,"fields":{"title":"A","text":"one\r\ntwo","odd":3}}""");

        Assert.NotNull(kept);
        Assert.Equal("n", kept.Note);
        Assert.Equal(2026, kept.At.Year);
        Assert.Equal(("A", "one\ntwo", 2), (kept.Fields["title"], kept.Fields["text"], kept.Fields.Count));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("""{"fields":[]}""")]
    public void Any_other_text_is_nothing(string? json) => Assert.Null(KeptFields.Read(json));

    [Theory]
    [InlineData("9e300")]
    [InlineData("\"soon\"")]
    [InlineData("-1")]
    public void A_time_that_makes_no_sense_is_long_ago(string time) =>
        Assert.Equal(DateTimeOffset.UnixEpoch, KeptFields.Read("{\"at\":" + time + ",\"fields\":{}}")!.At);

    [Theory]
    [InlineData(0, "nothing")]
    [InlineData(0.00002, "under $0.0001")]
    [InlineData(0.0016, "$0.0016")]
    [InlineData(0.5, "$0.50")]
    [InlineData(1234.5, "$1,234.50")]
    public void Small_money_is_told_as_small_as_it_is(double dollars, string words) => Assert.Equal(words, Money.Text((decimal)dollars));
}
