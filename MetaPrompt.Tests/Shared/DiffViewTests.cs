using Bunit;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class DiffViewTests : BunitContext
{
    private static readonly string Old = string.Join('\n', Enumerable.Range(1, 40).Select(i => $"Line {i}"));

    [Fact]
    public void Strangers_words_stay_words_and_what_changed_is_marked()
    {
        var view = Show(Difference.Of(new ComparedText("Template", "Write <b>{{a}}</b> now", "Write <b>{{b}}</b> now")));

        Assert.Equal(("a", "b"), (view.Find("del").TextContent, view.Find("ins").TextContent));
        Assert.Contains("<b>{{b}}</b>", view.Find(".new .words").TextContent, StringComparison.Ordinal);
        Assert.Equal("1 word added, 1 word removed.", view.Find("[role=status]").TextContent);
        Assert.Empty(view.FindAll("[data-step]"));
    }

    [Fact]
    public void Folded_lines_are_sent_when_they_are_opened()
    {
        var view = Show(Difference.Of(new ComparedText("Template", Old, Old.Replace("Line 20\n", "Twenty\n", StringComparison.Ordinal))), interactive: true);

        Assert.Equal(["16 unchanged lines", "17 unchanged lines"], view.FindAll("summary").Select(fold => fold.TextContent));
        Assert.DoesNotContain("Line 5", view.Markup, StringComparison.Ordinal);
        view.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Contains("Line 5", view.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("Line 35", view.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_circuit_all_lines_are_on_the_page() =>
        Assert.Contains("Line 5", Show(Difference.Of(new ComparedText("Template", Old, Old + " more"))).Markup, StringComparison.Ordinal);

    [Fact]
    public void Side_by_side_an_unchanged_line_is_read_out_once()
    {
        var view = Show(Difference.Of(new ComparedText("Template", "Same\nOld", "Same\nNew")), sideBySide: true);

        var kept = view.Find(".kept");
        Assert.Equal(("true", null), (kept.QuerySelector(".old")!.GetAttribute("aria-hidden"), kept.QuerySelector(".new")!.GetAttribute("aria-hidden")));
        Assert.Contains("Version 1", view.Find(".changes-sides").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rewritten_long_text_is_shown_in_part_until_one_wants_all_of_it()
    {
        var rewritten = string.Join('\n', Enumerable.Range(1, 900).Select(i => $"{i}. other"));
        var view = Show(Difference.Of(new ComparedText("Template", string.Join('\n', Enumerable.Range(1, 900).Select(i => $"Was {i}x")), rewritten)), interactive: true);

        Assert.Equal(300, view.FindAll(".diff-row").Count);
        Assert.Equal("600 more changed lines", view.Find("summary").TextContent);
    }

    private IRenderedComponent<DiffView> Show(Difference difference, bool sideBySide = false, bool interactive = false) =>
        Render<DiffView>(parameters => parameters
            .Add(view => view.Difference, difference).Add(view => view.OldLabel, "Version 1").Add(view => view.CurrentLabel, "Version 2")
            .Add(view => view.SideBySide, sideBySide).Add(view => view.Interactive, interactive));
}
