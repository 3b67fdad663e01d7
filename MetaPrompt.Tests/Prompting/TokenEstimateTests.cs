using System.Diagnostics;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>The estimate of tokens.</summary>
public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("hello world", 2)]
    public void Short_texts_are_counted_exactly(string text, int tokens) => Assert.Equal(tokens, TokenEstimate.Count(text));

    [Fact]
    public void A_text_cut_in_pieces_counts_nearly_as_the_whole()
    {
        var sentence = "The quick brown fox jumps over the lazy dog. ";
        var one = TokenEstimate.Count(sentence);
        Assert.Equal(11, one);
        // Ten tokens a sentence: the space at its end belongs to the next word.
        Assert.InRange(TokenEstimate.Count(string.Concat(Enumerable.Repeat(sentence, 1_000))), 9_990, 10_060);
    }

    [Fact]
    public void Hostile_texts_cost_a_bounded_time()
    {
        TokenEstimate.Count("warm");
        foreach (var text in new[] { new string('a', 5_000_000), new string(' ', 1_000_000), string.Concat(Enumerable.Repeat("🎉", 500_000)), new string('\ud800', 10_000) })
        {
            var watch = Stopwatch.StartNew();
            Assert.True(TokenEstimate.Count(text) > 0);
            Assert.True(watch.ElapsedMilliseconds < 5_000, $"{watch.ElapsedMilliseconds} ms");
        }
    }

    [Fact]
    public async Task Many_threads_may_count_at_once()
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => TokenEstimate.Count("count this text"))));
        Assert.Single(counts.Distinct());
    }
}
