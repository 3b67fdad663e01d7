using CsCheck;
using MetaPrompt.Web.Shared.Answers;
using Xunit;

namespace MetaPrompt.Tests.Shared;

public sealed class AnswerChunksTests
{
    private static readonly Gen<string> Answers = Gen.OneOf(
        Gen.Const("\n"), Gen.Const("\n\n"), Gen.Const("```\n"), Gen.Const("~~~\n"), Gen.String[0, 80], Gen.Char.Array[200, 500].Select(letters => new string(letters))).Array[0, 30].Select(string.Concat);

    [Fact]
    public void Together_the_pieces_are_the_answer() =>
        Answers.Sample(text => string.Concat(AnswerChunks.Of(text)) == text);

    [Fact]
    public void A_piece_once_cut_off_never_changes_as_the_answer_grows() =>
        Gen.Select(Answers, Answers).Sample((text, more) =>
        {
            var before = AnswerChunks.Of(text);
            var after = AnswerChunks.Of(text + more);
            return before.SkipLast(1).SequenceEqual(after.Take(Math.Max(0, before.Count - 1)));
        });

    [Fact]
    public void A_block_of_code_is_never_cut()
    {
        var code = "```\n" + string.Concat(Enumerable.Repeat("let there = 'be light';\n\n", 60)) + "```\n\n";
        var text = code + new string('a', 500) + "\n\nEnd";

        Assert.Equal(code, AnswerChunks.Of(text)[0]);
    }
}
