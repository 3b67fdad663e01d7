using System.Diagnostics;
using CsCheck;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Shared;

/// <summary>The difference between two versions.</summary>
public sealed class TextDiffTests
{
    [Fact]
    public void Words_that_changed_are_marked_and_nothing_else() =>
        Assert.Equal(
            [
                new TextRun(TextChange.Kept, "Write for "), new TextRun(TextChange.Removed, "{{readers}}"), new TextRun(TextChange.Added, "everybody"),
                new TextRun(TextChange.Kept, ".\nBe brief."), new TextRun(TextChange.Added, "\nNo jokes."), new TextRun(TextChange.Kept, "\n"),
            ],
            TextDiff.Of("Write for {{readers}}.\nBe brief.\n", "Write for everybody.\nBe brief.\nNo jokes.\n"));

    [Fact]
    public void A_phrase_that_was_rewritten_is_one_change_and_not_confetti() =>
        Assert.Equal(
            [
                new TextRun(TextChange.Kept, "Be kind.\n"), new TextRun(TextChange.Removed, "Never praise, ever."),
                new TextRun(TextChange.Added, "Leave it out.\nThe end"),
            ],
            TextDiff.Of("Be kind.\nNever praise, ever.", "Be kind.\nLeave it out.\nThe end"));

    [Fact]
    public void Every_character_of_both_texts_is_there() =>
        Gen.Select(Gen.String[Gen.Char["ab \n\r語\uD83D\uDE00{"], 0, 60], Gen.String[Gen.Char["ab \n語{"], 0, 60])
            .Sample((old, current) =>
            {
                var runs = TextDiff.Of(old, current);
                Assert.Equal(old, string.Concat(runs.Where(run => run.Change != TextChange.Added).Select(run => run.Text)));
                Assert.Equal(current, string.Concat(runs.Where(run => run.Change != TextChange.Removed).Select(run => run.Text)));
            });

    [Fact]
    public void Two_long_strangers_texts_are_compared_in_no_time()
    {
        var old = string.Join('\n', Enumerable.Range(0, 100_000).Select(i => $"{i * 7919 % 1000}"));
        var current = string.Join('\n', Enumerable.Range(0, 100_000).Select(i => $"{i * 104_729 % 1000}"));
        var watch = Stopwatch.StartNew();
        TextDiff.Of(old, current);
        TextDiff.Of(old, old + "\nOne line more");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"took {watch.Elapsed}");
    }

    [Fact]
    public void The_summary_counts_words() => Assert.Equal((2, 1), TextDiff.Count(TextDiff.Of("one two", "one three four")));
}
