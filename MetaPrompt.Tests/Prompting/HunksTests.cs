using CsCheck;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>A proposal taken in parts.</summary>
public sealed class HunksTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOf<string>("Write notes.", "Write letters!", " ", "  ", "\n", "\n\n", "{{a}}", "{{ b }}", "\\{{c}}", "Use {{c}}: or not?", "<x>", "É漢", ".", "; ", "{", "{{").Array[0, 24].Select(string.Concat),
        Gen.String[0, 60]);

    private static readonly Gen<(string Old, string New, HashSet<int> Taken)> Choices =
        Gen.Select(Texts, Texts, Gen.Int[0, 30].Array[0, 20], (old, proposal, taken) => (old, proposal, taken.Where(number => number < Hunks.Of(old, proposal).Changes.Count).ToHashSet()));

    [Fact]
    public void All_taken_is_the_proposal_and_none_taken_the_text() => Gen.Select(Texts, Texts).Sample((old, proposal) =>
    {
        var hunks = Hunks.Of(old, proposal);
        Assert.Equal(proposal, hunks.Apply(Enumerable.Range(0, hunks.Changes.Count).ToHashSet()));
        Assert.Equal(old, hunks.Apply(new HashSet<int>()));
        Assert.Equal(Enumerable.Range(0, hunks.Changes.Count), hunks.Changes.Select(hunk => hunk.Number!.Value));
        Assert.All(hunks.Changes, hunk => Assert.NotEqual(hunk.Old, hunk.New));
        Assert.Equal(old == proposal, hunks.Changes.Count == 0);
    });

    [Fact]
    public void What_is_taken_first_and_what_later_makes_no_difference() => Choices.Sample((old, proposal, taken) =>
    {
        // Taking some, then the rest of the same proposal, ends at the proposal.
        var hunks = Hunks.Of(old, proposal);
        var some = hunks.Apply(taken);
        var rest = Hunks.Of(some, proposal);
        Assert.Equal(proposal, rest.Apply(Enumerable.Range(0, rest.Changes.Count).ToHashSet()));
        Assert.Equal(hunks.All.Sum(hunk => hunk.Number is { } number && taken.Contains(number) ? hunk.New.Length : hunk.Old.Length), some.Length);
    });

    [Fact]
    public void A_variable_is_kept_or_refused_by_leaving_what_would_lose_or_bring_it() => Choices.Sample((old, proposal, taken) =>
    {
        var hunks = Hunks.Of(old, proposal);
        foreach (var lost in hunks.Lost(taken))
            Assert.DoesNotContain(lost, hunks.Lost(hunks.Keeping(lost, taken)));
        foreach (var invented in hunks.Invented(taken))
            Assert.DoesNotContain(invented, hunks.Invented(hunks.Refusing(invented, taken)));
    });

    [Fact]
    public void Changes_are_sentences_and_lines()
    {
        var hunks = Hunks.Of("Write notes. Keep them short. Be kind.\n\n<x>\n{{x}}\n</x>\n\nEnd.", "Write notes. Keep them to a line. Be kind.\n\n<x>\n{{y}}\n</x>\n\nThe end.");

        Assert.Equal(["Keep them short.|Keep them to a line.", "{{x}}|{{y}}", "End.|The end."], hunks.Changes.Select(hunk => $"{hunk.Old}|{hunk.New}"));
        Assert.Equal(["x"], hunks.Lost(new HashSet<int> { 0, 1 }));
        Assert.Equal(["y"], hunks.Invented(new HashSet<int> { 1 }));
        Assert.Empty(hunks.Lost(new HashSet<int> { 0, 2 }));
    }

    [Fact]
    public void Neighbouring_sentences_are_one_change() =>
        Assert.Single(Hunks.Of("One. Two. Three.", "Uno. Due. Three.").Changes);

    [Fact]
    public void A_huge_rewrite_is_compared_in_no_time()
    {
        var old = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"Old sentence {number}. "));
        var proposal = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"New sentence {number}. "));

        var hunks = Hunks.Of(old, proposal);

        Assert.Equal(proposal, hunks.Apply(Enumerable.Range(0, hunks.Changes.Count).ToHashSet()));
    }
}
