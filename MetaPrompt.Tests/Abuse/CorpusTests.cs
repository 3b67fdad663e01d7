using Xunit;

namespace MetaPrompt.Tests.Abuse;

/// <summary>That the corpus is what it says, and that the look at markup sees what it is for.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void There_are_more_than_a_thousand_inputs_and_none_twice()
    {
        Assert.InRange(Corpus.All.Count, 1_000, 3_000);
        Assert.Equal(Corpus.All.Count, Corpus.All.Select(input => input.Text).Distinct().Count());
        Assert.InRange(Corpus.Kinds.Count, 20, 40);
        Assert.Contains(Corpus.All, input => input.Text.Length >= 1024 * 1024);
        Assert.Equal([.. Corpus.Sample(2, 7)], Corpus.Sample(2, 7));
        Assert.NotEqual([.. Corpus.Sample(2, 7)], Corpus.Sample(2, 8));
        Assert.Equal(Corpus.Kinds.Count, Corpus.Sample(2, 7).Select(input => input.Kind).Distinct().Count());
    }

    // Written into a page as they are, nearly all markup inputs must be seen: otherwise the other tests prove nothing.
    [Fact]
    public void What_would_run_is_seen()
    {
        var markup = Corpus.All.Where(input => input.Kind is "markup" or "handler").ToList();
        var unseen = markup.Where(input => !LiveMarkup.In($"<!DOCTYPE html><html><body><p>{input.Text}</p></body></html>").Any()).ToList();

        // Not seen are comments, clobbering names and those that only a browser of long ago ran.
        Assert.True(unseen.Count < markup.Count / 6, string.Join("\n", unseen));
        Assert.Empty(LiveMarkup.In("<!DOCTYPE html><html><head><base href=\"/\"><script src=\"site.js\" defer></script></head><body><a href=\"/x?a=javascript:b\">x</a><form action=\"/y\"></form></body></html>"));
    }
}
