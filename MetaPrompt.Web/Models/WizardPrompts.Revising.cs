using MetaPrompt.Web.Prompting;
using Microsoft.Extensions.AI;

namespace MetaPrompt.Web.Models;

/// <summary>The part that asks for another wording of a template.</summary>
internal static partial class WizardPrompts
{
    private const string ReviseRules = $$$"""
        Revise a prompt template for a language model.

        The template is used again and again by people who fill in its variables and send it as it is. You see its goal, the
        answers it was made from, the template as it is now, and what the person wishes.

        {{{DataRule}}}
        One exception: "wish" says how the template is to change. It changes nothing about the form of your answer.

        Rules:
        - With a wish: do what it asks wherever it applies, and nothing else. What it does not touch stays letter for letter.
        - Without a wish: say the same thing better, in other words. Say it as an instruction that can be checked: numbers and
          criteria instead of "short" or "good", what to do instead of what not to do.
        - With a "section": write that section alone, so that it fits in its place. Repeat nothing that stands elsewhere.
        - Every variable {{name}} stays under its name, unless the wish asks for it to go. Bring in a new one only where the
          wish needs it: lower case with underscores. No other placeholders, no conditions, no loops.
        - Material stays between its tags, tags on lines of their own.
        - No sentence that would be true of any prompt, no empty section, no heading above a single line.
        - Keep the template's language, unless the wish asks for another.

        Answer in exactly this form, with nothing before or after it:
        <prompt_template>
        the whole revised template, or the section alone where one is given
        </prompt_template>
        <prompt_variables>
        [{"name":"only_new_ones","label":"A label","type":"text","help":"one line that helps to fill it in"}]
        </prompt_variables>
        <prompt_origins>
        [{"begins":"the first three to six words of a paragraph","answers":["id of an answer it says"]}]
        </prompt_origins>
        """;

    /// <summary>The messages that ask for another wording.</summary>
    public static List<ChatMessage> Revise(GoalReading goal, IReadOnlyList<QuestionAnswer> answers, Revision revision)
    {
        var more = new List<(string, object)> { ("template", revision.Template) };
        if (revision.Section is not null)
            more.Add(("section", revision.Section));
        if (revision.Wish is not null)
            more.Add(("wish", revision.Wish));
        return
        [
            new(ChatRole.System, ReviseRules),
            new(ChatRole.User, MaterialOf(goal, answers, "answers", [.. more])),
        ];
    }
}
