using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Data out of a text: named fields with types, one format shown, a rule for what is missing.</summary>
internal sealed class ExtractRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        yield return new Topic
        {
            Id = "fields",
            Slot = Slots.Fields,
            Ask = $"Which fields do you need from {goal.The}?",
            Why = "Named fields are the difference between data and a retelling.",
            Options =
            [
                new(Suggested(goal), ""),
                new("Names, dates, places", ""),
                new("Who, what, by when", ""),
                new("Different each time", ""),
            ],
            Assume = "Assume the fields change from use to use: they are filled in with the text.",
            Own = reply => reply.Text,
        };
        yield return new Topic
        {
            Id = "format",
            Slot = Slots.Format,
            Ask = "What reads the result?",
            Why = "A program needs one exact format; a person needs one that can be scanned.",
            Options = [new("A program (JSON)", ""), new("A spreadsheet (CSV)", ""), new("A person (table)", ""), new("A person (list)", "")],
            Assume = "Assume a program reads the result: valid JSON and nothing around it.",
            Own = reply => reply.After("Give the result this shape"),
        };
        yield return new Topic
        {
            Id = "missing",
            Slot = Slots.Failure,
            Ask = $"What should happen when {goal.The} {(goal.Plural ? "do" : "does")} not contain a field?",
            Why = "Without a rule a model fills gaps with something likely.",
            Options =
            [
                new("Leave it empty", "A field the text does not contain stays empty; nothing is concluded from context."),
                new("Say where I should look", "A field the text does not contain stays empty; after the result name each such field and where it might be found."),
                new("Work it out if it follows", "A field that is not stated but follows from the text (a total, a weekday) is worked out; any other stays empty."),
            ],
            Assume = "Assume a field the text does not contain stays empty, with nothing concluded from context.",
            Own = reply => reply.After("When a field is missing, do this"),
        };
        yield return new Topic
        {
            Id = "several",
            Slot = Slots.Scope,
            Ask = $"Can one {English.Singular(goal.Thing)} hold more than one record?",
            Why = "It decides between one object and a list.",
            Options =
            [
                new("Yes, list them all", "One record per occurrence, in the order of the text, duplicates included."),
                new("Yes, but merge duplicates", "One record per distinct item: merge repetitions and keep the most complete value of each field."),
                new("No, always one", "There is exactly one record; if the text seems to hold more, take the one it is mainly about."),
            ],
            Assume = "Assume more than one record is possible: one per occurrence, in the order of the text.",
            Own = reply => reply.After("Count records by this rule"),
        };
        yield return new Topic
        {
            Id = "values",
            Slot = Slots.Constraints,
            Ask = "How exactly should the values be copied?",
            Why = "Spelling, units and dates in five variants cannot be compared.",
            Options =
            [
                new("As written, dates and numbers normalised", "Copy text as it is written. Dates as YYYY-MM-DD, amounts as plain numbers with their currency in a field or column of its own."),
                new("Exactly as written", "Copy every value character by character, even obvious typing errors."),
                new("Cleaned up", "Correct obvious typing errors, write names in normal case, dates as YYYY-MM-DD and numbers without separators."),
            ],
            Assume = "Assume text is copied as written, with dates as YYYY-MM-DD and amounts as plain numbers.",
            Own = reply => reply.After("Write values by this rule"),
        };
    }

    private static string Suggested(GoalAnatomy goal) =>
        goal.Mentions("invoices?|receipts?|bills?|orders?") ? "Supplier, date, invoice number, total, currency"
        : goal.Mentions("e-?mails?|messages?|letters?|chats?") ? "Sender, request, deadline, amounts"
        : goal.Mentions("meetings?|minutes|calls?|transcripts?|notes") ? "Task, owner, deadline, decision"
        : goal.Mentions("résumés?|resumes?|cvs?|applications?|profiles?") ? "Name, email, last position, years of experience, skills"
        : goal.Mentions("contracts?|agreements?|leases?|polic(?:y|ies)") ? "Parties, start date, term, notice period, amount"
        : goal.Mentions("recipes?|menus?") ? "Dish, ingredient, quantity, unit"
        : goal.Mentions("jobs?|postings?|listings?|ads?|products?") ? "Title, price, location, contact, features"
        : goal.Mentions("papers?|stud(?:y|ies)|research|articles?") ? "Claim, method, sample size, result, limitation"
        : goal.Mentions("reviews?|feedback|complaints?|comments?") ? "Product, problem, praise, rating"
        : "Name, date, amount, reference";

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Add(Task(brief));
        if (goal.Main is null)
            brief.AddInput("text", "Text", "The text to take the data from.");
        brief.AddMaterials();
        brief.AddRest();
        var fields = Fields(brief);
        var several = brief.Say("several");
        var single = brief.Answers.Says("several", "No, always one");
        if (fields.Count > 0)
            brief.AddLines(["Fields:", .. fields.Select(field => $"- {field.Key} ({field.Type}): {field.Meaning}")]);
        else
            brief.AddLines("Fields, one per line:", "{{fields}}");
        if (brief.Answers.Find("fields") is { } asked && Reply.Of(asked.Answer) is null)
            brief.Add(brief.Say("fields"));
        brief.Add(several, brief.Say("values"));
        brief.Add(brief.Say("missing") ?? "A field the text does not contain stays empty; nothing is concluded from context.",
            "A place that can be read in two ways counts as missing, unless the text itself settles it.");
        brief.AddOtherAnswers();
        ExtractFormat.Add(brief, fields, single);
    }

    private static string Task(Brief brief)
    {
        var line = TaskLine.Of(brief, "extract the data from");
        return brief.Goal.Main is null && brief.Goal.IsEnglish && !line.Contains("below", StringComparison.Ordinal) ? line.TrimEnd('.') + ", from the text below." : line;
    }

    private static IReadOnlyList<ExtractFormat.Field> Fields(Brief brief)
    {
        brief.Declare(new PromptVariable { Name = "fields", Label = "Fields", Help = "One per line, each with what it means and its type.", Example = "due_date (date): when payment is due", Type = VariableType.LongText });
        if (brief.Answers.Says("fields", "Different each time"))
            return [];
        var named = brief.Answers.Reply("fields") is { } reply ? reply.Items : brief.Goal.IsEnglish ? GoalLists.Fields(brief.Goal.Sentence.Task) : [];
        return ExtractFormat.Fields(named);
    }
}
