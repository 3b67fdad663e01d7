using CsCheck;
using MetaPrompt.Web.Features.Wizard;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class TemplateChangeTests
{
    [Fact]
    public void A_new_sentence_is_fresh_and_the_others_are_not()
    {
        var pieces = TemplateChange.Pieces("Write notes. Be brief.", "Write notes. Readers are customers. Be brief.");

        Assert.Equal(["Readers are customers."], Fresh(pieces));
    }

    [Fact]
    public void A_new_variable_is_marked_with_its_sentence()
    {
        var pieces = TemplateChange.Pieces("Write notes.", "Write notes.\n\nAt most {{max_items}} items.");

        Assert.Contains(pieces, piece => piece is { IsVariable: true, Text: "max_items", IsFresh: true });
        Assert.DoesNotContain(pieces, piece => piece.IsFresh && piece.Text.Contains("Write", StringComparison.Ordinal));
    }

    [Fact]
    public void What_goes_away_marks_nothing()
    {
        Assert.Empty(Fresh(TemplateChange.Pieces("One. Two. Three.", "One. Three.")));
        Assert.Empty(Fresh(TemplateChange.Pieces(null, "One.")));
    }

    [Fact]
    public void A_sentence_that_only_moved_to_another_line_is_not_new() =>
        Assert.Empty(Fresh(TemplateChange.Pieces("One. Two.", "One.\n\nTwo.")));

    [Fact]
    public void The_pieces_show_the_whole_template_whatever_it_is() =>
        Gen.Select(Gen.String[Gen.Char["ab. \n{}\\"], 0, 60], Gen.String[Gen.Char["ab. \n{}\\"], 0, 60])
            .Sample((before, after) =>
            {
                var shown = string.Concat(TemplateChange.Pieces(before, after).Select(piece => piece.IsVariable ? PromptTemplate.Placeholder(piece.Text) : piece.Text));
                var expected = string.Concat(PromptTemplate.Parse(after).Parts.Select(part => part is VariablePart variable ? PromptTemplate.Placeholder(variable.Name) : ((TextPart)part).Text));
                Assert.Equal(expected, shown);
            });

    private static IEnumerable<string> Fresh(IReadOnlyList<TemplatePiece> pieces) => pieces.Where(piece => piece.IsFresh).Select(piece => piece.Text);
}
