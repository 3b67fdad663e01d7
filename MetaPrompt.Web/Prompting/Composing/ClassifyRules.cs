using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A label for an item: a closed list, the reason before the label, a way out when none fits.</summary>
internal sealed class ClassifyRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var item = English.Singular(goal.Thing);
        yield return new Topic
        {
            Id = "labels",
            Slot = Slots.Labels,
            Ask = $"Which labels can {English.WithArticle(item)} get, with a line on each?",
            Why = "A closed list with definitions is what makes two runs agree.",
            Options = [.. Suggested(goal).Select(labels => new Option(labels, "")), new Option("Different each time", "")],
            Assume = "Assume the labels change from use to use: they are filled in, one per line with what belongs under each.",
            Own = reply => reply.Text,
        };
        yield return new Topic
        {
            Id = "ties",
            Slot = Slots.Scope,
            Ask = $"What when two labels fit {English.WithArticle(item)}?",
            Why = "Most wrong labels are ties that nobody decided beforehand.",
            Options =
            [
                new("Take the main concern", "If two labels fit, take the one the writer would name first if asked what it is about."),
                new("Take the more urgent one", "If two labels fit, take the one where waiting does more harm."),
                new("Give both, main one first", "If two labels fit, give both, the better one first, separated by a comma; never more than two."),
                new("Take the first in the list", "If two labels fit, take the one that stands higher in the list: it is ordered by priority."),
            ],
            Assume = "Assume one label only: if two fit, take the one the writer would name first.",
            Own = reply => reply.After("If two labels fit, decide by this rule"),
        };
        yield return new Topic
        {
            Id = "none",
            Slot = Slots.Failure,
            Ask = $"What when no label fits the {item}?",
            Why = "Without a way out a model presses everything into some label.",
            Options =
            [
                new("Answer \"none\"", "If no label fits, answer “none” and name in the reason what a fitting label would be called."),
                new("Send it to a person", "If no label fits or you hesitate between three, answer “human” and say in the reason what a person should look at."),
                new("Take the nearest, marked unsure", "If no label really fits, take the nearest and begin the reason with “Unsure:”."),
            ],
            Assume = "Assume an item that fits no label gets “none”.",
            Own = reply => reply.After("If no label fits, do this"),
            Open = "If no label fits, answer “none”.",
        };
        yield return new Topic
        {
            Id = "use",
            Slot = Slots.Format,
            Ask = "What happens with the label next?",
            Why = "It decides whether the answer is read by a program or by a person.",
            Options = [new("A program reads it (JSON)", ""), new("A person reads it", ""), new("It goes into a spreadsheet", ""), new("It decides who gets the item", "")],
            Assume = "Assume a program reads the label: one JSON object and nothing around it.",
            Own = reply => reply.After("The label is used like this, so give it in a form that fits", "Reason first, then the label."),
        };
        yield return new Topic
        {
            Id = "evidence",
            Slot = Slots.Criteria,
            Ask = $"What should the decision about the {item} rest on?",
            Why = "It keeps tone, length or the sender's name from deciding.",
            Options =
            [
                new("Only what it says", "Decide by what is said, not by tone, length or who sent it."),
                new("What the writer wants", "Decide by what the writer wants to happen, even where the words point elsewhere."),
                new("The worst possible reading", "Decide by the most harmful reading a careful person would consider possible."),
            ],
            Assume = "Assume the decision rests on what is said, not on tone, length or sender.",
            Own = reply => reply.After("Rest the decision on this"),
        };
    }

    private static IReadOnlyList<string> Suggested(GoalAnatomy goal) =>
        goal.Mentions("sentiment|reviews?|feedback|comments?|positive") ? ["Positive, negative, mixed", "Praise, complaint, question, suggestion", "Product, delivery, price, service"]
        : goal.Mentions("tickets?|support|requests?|inquir(?:y|ies)|complaints?") ? ["Billing, bug, how-to, account, feature request", "Urgent, normal, can wait", "First line, engineering, sales, legal"]
        : goal.Mentions("e-?mails?|mails?|messages?|inbox") ? ["Answer today, answer this week, read only, delete", "Customer, supplier, internal, advertising", "Spam, not spam"]
        : goal.Mentions("expenses?|transactions?|receipts?|invoices?") ? ["Travel, meals, office, software, other", "Deductible, not deductible, unclear", "Private, business"]
        : goal.Mentions("leads?|candidates?|applications?|résumés?|resumes?") ? ["Invite, maybe, decline", "Hot, warm, cold", "Meets all criteria, meets most, meets few"]
        : goal.Mentions("bugs?|issues?|incidents?|alerts?|pull requests?|commits?") ? ["Critical, major, minor", "Bug, feature, question, duplicate", "Frontend, backend, infrastructure, data"]
        : goal.Mentions("articles?|news|posts?|papers?|documents?") ? ["Must read, skim, ignore", "Politics, business, science, culture, sport", "Fact, opinion, advertising"]
        : ["High, medium, low", "Yes, no, unclear", "Keep, review, discard"];

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Declare(new PromptVariable { Name = "labels", Label = "Labels", Help = "One per line: the label, a colon, what belongs under it.", Example = "billing: invoices, refunds, payment methods", Type = VariableType.LongText });
        var item = goal.Main?.Phrase ?? "item";
        brief.Add(Task(brief, item));
        if (goal.Main is null)
            brief.AddInput("item", "Item", "The text to label.");
        brief.AddMaterials();
        brief.AddRest();
        var labels = brief.Answers.Says("labels", "Different each time") ? [] : brief.Answers.Reply("labels")?.Items ?? (goal.IsEnglish ? GoalLists.Labels(goal.Sentence.Task) : []);
        if (labels.Count > 1)
            brief.AddLines(["Labels:", .. labels.Select(label => "- " + English.Lower(Defined(label)))]);
        else
            brief.AddLines("Labels, one per line with what belongs under each:", "{{labels}}");
        if (brief.Answers.Find("labels") is { } asked && brief.Answers.Reply("labels") is null && asked is not null)
            brief.Add(brief.Say("labels"));
        else if (labels.Count == 1)
            brief.Add(brief.Say("labels"));
        brief.Add($"First write one sentence that quotes the words in the {item} that decide it, then the label, spelt exactly as in the list.", brief.Say("evidence"));
        brief.Add(brief.Say("ties"), brief.Say("none"));
        brief.AddOtherAnswers();
        AddFormat(brief, labels, item);
    }

    private static string Task(Brief brief, string item)
    {
        var goal = brief.Goal;
        if (!goal.IsEnglish)
            return TaskLine.Of(brief, "classify");
        if (goal.Sentence.IsQuestion)
            return $"Decide about the {item} below: {TemplateText.Safe(English.Lower(goal.Sentence.Task)).TrimEnd('?', '.')}?";
        var line = TaskLine.Of(brief, "classify");
        if (goal.Main is null && !line.Contains("below", StringComparison.Ordinal))
            return line.TrimEnd('.') + ": choose a label for the item below.";
        // A bare "Classify the ticket below." says too little to stand alone.
        return line.Split(' ').Length <= 7 ? line.TrimEnd('.') + ": choose the one label from the list that fits it." : line;
    }

    private static string Defined(string label)
    {
        var at = label.IndexOf(':', StringComparison.Ordinal);
        if (at > 0)
            return label;
        var dash = label.IndexOf(" - ", StringComparison.Ordinal);
        return dash > 0 ? label[..dash] + ": " + label[(dash + 3)..] : label;
    }

    private static void AddFormat(Brief brief, IReadOnlyList<string> labels, string item)
    {
        var sample = labels.Count > 0 ? English.Lower(Name(labels[0])) : "one label of the list";
        var said = brief.Answers.Find("use")?.Answer ?? (brief.Goal.Filled.Contains(Slots.Format) ? brief.Goal.Goal : "");
        bool Has(string word) => said.Contains(word, StringComparison.OrdinalIgnoreCase);
        if (Has("spreadsheet") || Has("CSV"))
            brief.Add($"Answer in one line of CSV with two columns, reason and label, both in quotes: \"…\",\"{sample}\".");
        else if (Has("person reads"))
            brief.Add($"Answer in two lines: “Why:” with the sentence, “Label:” with the label.");
        else if (Has("who gets"))
            brief.AddLines($"Answer as JSON; handover is one sentence that tells whoever gets the {item} what to do first:", $"{{\"reason\": \"…\", \"label\": \"{sample}\", \"handover\": \"…\"}}");
        else if (said.Length == 0 || Has("JSON") || Has("program") || brief.Answers.Find("use") is not null && brief.Answers.Reply("use") is null)
            brief.AddLines(brief.Say("use") is { } assumption && assumption.StartsWith("Assume", StringComparison.Ordinal) ? assumption : null, "Answer with this JSON object and nothing around it:", $"{{\"reason\": \"…\", \"label\": \"{sample}\"}}");
        else
            brief.Add(brief.Say("use") ?? "Answer in two lines: the reason, then the label.");
    }

    private static string Name(string label) => (label.IndexOf(':', StringComparison.Ordinal) is > 0 and var at ? label[..at] : label).Trim().Replace("\"", "'", StringComparison.Ordinal).Replace("\\", "/", StringComparison.Ordinal);
}
