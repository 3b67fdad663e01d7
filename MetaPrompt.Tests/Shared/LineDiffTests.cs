using System.Diagnostics;
using CsCheck;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Shared;

/// <summary>The difference between two versions, line by line.</summary>
public sealed class LineDiffTests
{
    [Fact]
    public void A_line_whose_words_changed_stands_beside_itself() =>
        Assert.Equal(
            ["  Be kind.|Be kind.", "! For -four- readers.|For +five+ readers.", "  End|End"],
            Show("Be kind.\nFor four readers.\nEnd", "Be kind.\nFor five readers.\nEnd"));

    [Fact]
    public void Lines_that_came_or_went_stand_alone_beside_what_stayed() =>
        Assert.Equal(
            ["  One|One", "! -Two-|", "  Three|Three", "  Four|Four", "! |", "! |+Five+", "  End|End"],
            Show("One\nTwo\nThree\nFour\nEnd", "One\nThree\nFour\n\nFive\nEnd"));

    [Fact]
    public void A_split_line_stands_beside_its_first_part() =>
        Assert.Equal(["! One.- -Two.|One.", "! |Two."], Show("One. Two.", "One.\nTwo."));

    [Fact]
    public void Both_texts_can_be_read_from_the_rows() =>
        Gen.Select(Gen.String[Gen.Char["ab \n\r語{"], 0, 60], Gen.String[Gen.Char["ab \n語{"], 0, 60])
            .Sample((old, current) =>
            {
                var rows = LineDiff.Of(old, current);
                Assert.Equal(old, Text(rows.Select(row => row.Old)));
                Assert.Equal(current, Text(rows.Select(row => row.Current)));
                Assert.Equal(rows, LineDiff.Blocks(rows).SelectMany(block => block.Rows));
                Assert.All(rows.Where(row => row.IsKept), row => Assert.Equal(Text([row.Old]), Text([row.Current])));
                Assert.Equal(Enumerable.Range(1, rows.Count(row => row.Old is not null)), rows.Select(row => row.Old?.Number).OfType<int>());
                if (old == current)
                    Assert.All(rows, row => Assert.True(row.IsKept));
            });

    [Fact]
    public void Long_unchanged_stretches_are_folded_but_for_three_lines_beside_a_change()
    {
        var old = string.Join('\n', Enumerable.Range(1, 50).Select(i => $"Line {i}"));
        var blocks = LineDiff.Blocks(LineDiff.Of(old, old.Replace("Line 25\n", "Changed\n", StringComparison.Ordinal).Replace("Line 32\n", "", StringComparison.Ordinal)));

        Assert.Equal(
            [(DiffBlockKind.Folded, 21), (DiffBlockKind.Kept, 3), (DiffBlockKind.Changed, 1), (DiffBlockKind.Kept, 6), (DiffBlockKind.Changed, 1), (DiffBlockKind.Kept, 3), (DiffBlockKind.Folded, 15)],
            blocks.Select(block => (block.Kind, block.Rows.Count)));
    }

    [Fact]
    public void What_differs_is_named_and_counted_and_the_rest_left_out()
    {
        var difference = Difference.Of(new ComparedText("Title", "Same", "Same"), new ComparedText("Template", "one two\nthree", "one\nthree four five"));

        Assert.Equal("Template", Assert.Single(difference.Texts).Label);
        Assert.Equal("2 words added, 1 word removed.", difference.Summary);
        Assert.Equal("Nothing is different.", Difference.Of(new ComparedText("Title", "Same", "Same")).Summary);
        Assert.Equal("No word is different, only blanks and signs.", Difference.Of(new ComparedText("Template", "One, two", "One; two")).Summary);
    }

    [Fact]
    public void The_longest_templates_are_compared_while_one_waits()
    {
        var old = string.Join('\n', Enumerable.Range(0, 12_000).Select(i => $"Rule {i}: keep sentence {i * 7919 % 1000} short."));
        var watch = Stopwatch.StartNew();
        Difference.Of(new ComparedText("Template", old, old.Replace(" 7", " seven ", StringComparison.Ordinal)));
        Difference.Of(new ComparedText("Template", old, new string([.. old.Reverse()])));
        Difference.Of(new ComparedText("Template", new string('a', 500_000), new string('b', 500_000)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"took {watch.Elapsed}");
    }

    private static string[] Show(string old, string current) =>
        [.. LineDiff.Of(old, current).Select(row => $"{(row.IsKept ? " " : "!")} {Marked(row.Old)}|{Marked(row.Current)}")];

    private static string Marked(DiffLine? line) => string.Concat((line?.Runs ?? []).Select(run => run.Change switch
    {
        TextChange.Added => $"+{run.Text}+",
        TextChange.Removed => $"-{run.Text}-",
        _ => run.Text,
    }));

    private static string Text(IEnumerable<DiffLine?> lines) =>
        string.Join('\n', lines.OfType<DiffLine>().Select(line => string.Concat(line.Runs.Select(run => run.Text))));
}
