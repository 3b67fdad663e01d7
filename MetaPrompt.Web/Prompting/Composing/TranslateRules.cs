using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A text in another language: into which, how formal, what stays, what to do with what cannot be translated.</summary>
internal sealed class TranslateRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        yield return new Topic
        {
            Id = "target",
            Slot = Slots.Language,
            Ask = $"Into which language, and for which country, should {goal.The} be translated?",
            Why = "Country decides spelling, form of address, units and dates.",
            Options =
            [
                new("Different each time", "Translate into {{target_language}}, as it is written in the country named there."),
                new("English (United States)", "Translate into English as written in the United States."),
                new("German (Germany)", "Translate into German as written in Germany."),
                new("Spanish (Latin America)", "Translate into Spanish that readers in all of Latin America find natural."),
                new("French (France)", "Translate into French as written in France."),
            ],
            Assume = "Assume the language changes from use to use: translate into {{target_language}}.",
            Own = reply => reply.Into("Translate into {0}.", "Choose the target language by this"),
            Open = "Translate into {{target_language}}.",
        };
        yield return new Topic
        {
            Id = "register",
            Slot = Slots.Tone,
            Ask = $"How should {goal.The} address {(goal.Plural ? "their" : "its")} readers?",
            Why = "Many languages force a choice between formal and familiar in every sentence.",
            Options =
            [
                new("As the original does", "Keep the original's distance to the reader, with the form of address the target language would use for it."),
                new("Formal", "Address readers formally (Sie, vous, usted or their equivalent) throughout."),
                new("Familiar", "Address readers familiarly (du, tu, tú or their equivalent) throughout."),
                new("Without addressing anyone", "Avoid direct address where the target language allows it; use impersonal forms instead."),
            ],
            Assume = "Assume the same distance to the reader as in the original.",
            Own = reply => reply.Into("Address readers like this throughout: {0}.", "Address readers by this rule"),
        };
        yield return new Topic
        {
            Id = "keep",
            Slot = Slots.Constraints,
            Ask = $"What in {goal.The} stays untranslated?",
            Why = "Names, code and product terms are what a translation breaks most often.",
            Options =
            [
                new("Names, code, links, placeholders", "Leave personal and brand names, code, links and placeholders in braces or percent signs character by character as they are."),
                new("Names, and our product terms", "Leave names and the terms in the glossary as they are or as it says.\n<glossary>\n{{glossary}}\n</glossary>"),
                new("Only personal names", "Leave personal names; translate titles of works, institutions and places where an established form exists."),
            ],
            Assume = "Assume names, code, links and placeholders stay character by character as they are.",
            Own = reply => reply.Into("Leave {0} untranslated.", "Leave this untranslated"),
        };
        yield return new Topic
        {
            Id = "freedom",
            Slot = Slots.Scope,
            Ask = "How freely may it be translated?",
            Why = "A contract needs every word, an advertisement its effect.",
            Options =
            [
                new("Natural, same meaning", "Translate meaning, not words: it should read as if written in the target language, with nothing added or lost."),
                new("Close to the wording", "Stay close to the wording, sentence by sentence; where that would mislead, translate the meaning and note it."),
                new("Same effect", "Aim for the same effect: idioms, jokes and slogans are replaced by ones that work there, with a note of what they replace."),
            ],
            Assume = "Assume a natural translation with the same meaning, nothing added or lost.",
            Own = reply => reply.After("Take this much freedom"),
        };
        yield return new Topic
        {
            Id = "culture",
            Slot = Slots.Criteria,
            Ask = "What about units, dates, money and local references?",
            Why = "Readers stumble over a unit sooner than over a word.",
            Options =
            [
                new("Adapt formats, keep values", "Write dates, decimal signs and quotation marks as the target country does; keep units and currencies."),
                new("Convert everything", "Convert units and formats to those of the target country, rounded as a writer there would; keep amounts of money and add the original currency."),
                new("Leave as they are", "Leave units, dates and amounts exactly as they are."),
            ],
            Assume = "Assume formats of dates and numbers are adapted, while units and currencies stay.",
            Own = reply => reply.After("Treat units, dates and references like this"),
        };
        yield return new Topic
        {
            Id = "notes",
            Slot = Slots.Format,
            Ask = "Do you want to see doubtful places?",
            Why = "It decides whether the answer can be pasted or has to be read first.",
            Options =
            [
                new("Translation, then notes", "Give the translation first. Under a line “Notes:” list each place with two readings or no equivalent, what you chose and the alternative; leave the line out if there is none."),
                new("Only the translation", "Answer with the translation alone; where a place has two readings, take the one that fits the rest."),
                new("Original and translation side by side", "Answer as a table with the columns Original and Translation, one row per sentence."),
            ],
            Assume = "Assume doubtful places are worth seeing: list them under “Notes:” after the translation.",
            Own = reply => reply.After("Present the result like this"),
            Open = "Answer with the translation alone.",
        };
    }

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Declare(new PromptVariable { Name = "target_language", Label = "Target language", Help = "Language and country.", Example = "Portuguese (Brazil)" });
        brief.Declare(new PromptVariable { Name = "glossary", Label = "Glossary", Help = "One term per line: original = translation, or the term alone to keep it.", Type = VariableType.LongText });
        brief.Add(TaskLine.Of(brief, "translate"));
        if (goal.Main is null)
            brief.AddInput("text", "Text", "The text to translate.");
        brief.AddMaterials();
        brief.AddRest();
        var several = Languages.Targets(goal.Sentence.Task);
        brief.Add(brief.Say("target"), brief.Say("freedom"), brief.Say("register"));
        brief.Add(brief.Say("keep"), "Keep paragraphs, headings, lists and emphasis where they are.", brief.Say("culture"));
        brief.AddOtherAnswers();
        if (several.Count > 1)
            brief.Add($"Give the {English.List(several)} versions in this order, each under a line with the language's name.");
        brief.Add("About as long as the original; where space is tight, shorten the sentence rather than drop a fact.", $"If a passage is in another language, unreadable or makes no sense, leave it in place and say so.");
        brief.Add(brief.Say("notes"));
    }
}
