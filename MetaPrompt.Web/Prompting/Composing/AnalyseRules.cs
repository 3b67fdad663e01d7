using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>A judgement with its reasons: by which criteria, on which evidence, for whose decision.</summary>
internal sealed class AnalyseRules : KindRules
{
    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var decisions = Decisions(goal);
        var thing = goal.Thing is "analysis" ? "this" : goal.The;
        yield return new Topic
        {
            Id = "criteria",
            Slot = Slots.Criteria,
            Ask = $"By what should {thing} be judged?",
            Why = "Without criteria a model picks its own and does not say which.",
            Options = Criteria(goal),
            Assume = "Assume these criteria: " + English.Lower(Criteria(goal)[0].Label) + "; weigh them in this order.",
            Own = reply => reply.HasLines || reply.Items.Count < 2 ? reply.After("Judge by this and by nothing else")
                : $"Judge by {reply.Items.Count} criteria, in this order: {string.Join("; ", reply.Items.Select(English.Lower))}. Say for each, before you look, what would speak for an option and what against it.",
        };
        yield return new Topic
        {
            Id = "decision",
            Slot = Slots.Purpose,
            Ask = $"Who decides what after the analysis{(goal.Thing is "analysis" ? "" : " of " + goal.The)}?",
            Why = "It decides how sure a statement must be and where to stop.",
            Options = decisions,
            Assume = "Assume this use: " + English.Lower(decisions[0].Says),
            Own = reply => reply.After("The result serves this decision, so weigh by it", "End with what follows for it."),
        };
        yield return new Topic
        {
            Id = "evidence",
            Slot = Slots.Failure,
            Ask = "What may count as evidence?",
            Why = "It separates what is known from what sounds likely.",
            Options =
            [
                new("Only what is given", "Only what is given counts: quote the place behind each finding; what it does not say is listed as unknown."),
                new("The material and general knowledge", "General knowledge may be added where the material is silent: mark each such statement with “general:”."),
                new("Also informed guesses", "Guesses are welcome where evidence ends: mark each with how likely you think it is."),
            ],
            Assume = "Assume only what is given counts: quote the place behind each finding and list what remains unknown.",
            Own = reply => reply.After("Accept this as evidence"),
            Open = "Quote the place behind each finding.",
        };
        yield return new Topic
        {
            Id = "format",
            Slot = Slots.Format,
            Ask = "How should the findings be presented?",
            Why = "A table compares, a ranking decides, a text explains.",
            Options =
            [
                new("A ranking with reasons", "Give a ranking: per finding the evidence, what it means, how sure you are (high, medium, low), what to do. Then the verdict in two sentences."),
                new("A table, then the verdict", "Give a table with the columns Criterion, Evidence, Assessment, How sure; below it the verdict in two sentences."),
                new("For, against, verdict", "Give the strongest points for, the strongest points against, each with evidence, then the verdict in two sentences."),
                new("A short report", "Write a report of connected paragraphs, one per finding with its evidence first; the verdict is the last paragraph."),
            ],
            Assume = "Assume a ranking: evidence, meaning and certainty per finding, the verdict last.",
            Own = reply => reply.After("Present the findings like this", "Evidence stands before the verdict."),
            Open = "Per finding: the evidence, what it means, how sure you are. The verdict comes last.",
        };
        yield return Common.Length("the analysis", "How much do you want to read?", "a length of one page", ["One page", "Five findings at most", "Three pages"]) is var length
            ? length with
            {
                Options =
                [
                    new("One page", "Keep it to one page; a finding that changes no decision is left out."),
                    new("Five findings at most", "Give at most five findings; merge those with one cause."),
                    new("Everything that is there", "Be complete: small findings in one line each at the end, so that the weighty ones are not buried."),
                ],
            }
            : length;
        if (answers.Says("decision", "choose one", "option") || goal.Mentions("compare|choose|decide|versus|vs|which|between"))
            yield return new Topic
            {
                Id = "status_quo",
                Slot = Slots.Scope,
                FollowsUp = true,
                Ask = "Is doing nothing an option?",
                Why = "A comparison without it makes every option look needed.",
                Options =
                [
                    new("Yes, compare with it", "Treat leaving things as they are as one more option, judged like the others."),
                    new("No, something must change", "Leaving things as they are is no option; say what happens if the decision comes late."),
                    new("Only for a while", "Waiting is an option for a time: say what could be learnt meanwhile and what waiting costs."),
                ],
                Assume = "Assume doing nothing is an option and judge it like the others.",
                Own = reply => reply.After("On leaving things as they are, start from this"),
            };
    }

    // The likeliest decision stands first: it is what a skip assumes.
    private static IReadOnlyList<Option> Decisions(GoalAnatomy goal)
    {
        Option[] all =
        [
            new("I choose one option", "I choose one option afterwards: end with the one you would take, and with the finding that would change your mind."),
            new("A team decides what to fix first", "A team decides what to fix first: rank by harm times likelihood, and give for each of the first three the smallest change that helps."),
            new("Someone signs or refuses", "Someone signs or refuses: separate what forbids signing from what should be negotiated and from what is merely unusual."),
            new("Nobody yet, I want to understand", "Nobody decides yet: show how the parts act on each other, and which question to ask next."),
        ];
        var first = goal.Mentions("contracts?|agreements?|leases?|terms|nda|offers?") && !goal.Mentions("compare|between|choose") ? 2
            : goal.Mentions("reviews?|feedback|complaints?|surveys?|bugs|fix|improve|pitch|essays?|draft") ? 1
            : goal.Mentions("why|causes?|patterns?|trends?|understand") ? 3 : 0;
        return [all[first], .. all.Where((_, index) => index != first)];
    }

    private static IReadOnlyList<Option> Criteria(GoalAnatomy goal)
    {
        Option Of(string label, string each) => new(label, $"Judge by {English.Lower(label)}{(label.Contains(',', StringComparison.Ordinal) ? ", in this order" : "")}. {each}");
        if (goal.Mentions("contracts?|agreements?|leases?|terms|polic(?:y|ies)|nda|legal"))
            return [Of("Money, liability, ways out", "For each clause that touches one of them: what it says, what is usual, what it could cost in the worst case."), Of("What is missing compared with the usual", "Name the clause one would expect and what its absence means."), Of("What binds me longest", "For each duty: how long, how to end it, what ending it costs.")];
        if (goal.Mentions("reviews?|feedback|surveys?|responses?|comments?|interviews?|complaints?"))
            return [Of("Frequency, severity, trend", "Count how many mention each point, quote one of them literally, and say whether it gets more or less."), Of("Reasons to leave, reasons to stay", "For each reason: how many, who they are, one literal quotation."), Of("Unmet needs", "Read through complaints to the need behind them, and give the words that show it.")];
        if (goal.Mentions("data|sales|numbers|figures|metrics|results|spreadsheet|csv|logs?|revenue|traffic"))
            return [Of("Size, change, likely cause", "For each pattern: the numbers, compared with what, and what else could explain it."), Of("Outliers and errors", "Check first whether the data can be trusted: gaps, duplicates, units, definitions that changed."), Of("What can be influenced", "Leave aside what nobody can change; for the rest say by how much.")];
        if (goal.Mentions("essays?|drafts?|pitch|text|writing|article|story|proposal|paper|manuscript|resume|résumé|cv|homework|speech"))
            return [Of("Argument, evidence, clarity", "For each: what works, what does not, the sentence that shows it, how it would read better."), Of("Effect on its reader", "Go through it as its reader would: where they nod, doubt, lose the thread, stop."), Of("A rubric I give", "The rubric stands here, one criterion per line:\n{{rubric}}")];
        if (goal.Mentions("compan(?:y|ies)|business|market|competitors?|startup|strategy|swot|idea"))
            return [Of("Demand, advantage, economics", "For each: the evidence, what would have to be true, the cheapest test."), Of("Strengths, weaknesses, chances, threats", "At most three of each; every one with what follows from it."), Of("What could kill it", "Imagine it failed in two years: name the five likeliest reasons and the first sign of each.")];
        return [Of("Cost, benefit, risk", "For each: what is known, what is estimated, who bears it."), Of("What matters in five years", "Separate what fades from what lasts, and weigh the latter double."), Of("What can be undone", "Prefer what can be undone; say for each option how late one can still turn back."), new("Criteria I give each time", "Judge by these criteria, in this order, one per line:\n{{criteria}}")];
    }

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        brief.Declare(new PromptVariable { Name = "rubric", Label = "Rubric", Help = "One criterion per line, with its points.", Type = VariableType.LongText });
        brief.Declare(new PromptVariable { Name = "criteria", Label = "Criteria", Help = "One per line, the most important first.", Type = VariableType.LongText });
        brief.Add(TaskLine.Of(brief, "analyse"));
        brief.AddMaterials();
        if (goal.Materials.All(TaskLine.IsInline))
        {
            if (goal.Mentions("options|alternatives|choices|possibilities"))
                brief.AddInput("options", "Options", "The options, with what you know about each, and what the decision is about.", "Office in the city: 2,400 a month, free from May. Office by the station: ...");
            else
                brief.AddInput("facts", "Facts", "What is known: options, numbers, dates, what matters to you.");
        }
        brief.AddRest();
        if (goal.Mentions("rubric") && !brief.Answers.Says("criteria", "rubric"))
            brief.AddInput("rubric", "Rubric", "One criterion per line, with its points.");
        brief.Add(brief.Say("criteria"));
        brief.Add(brief.Say("decision"), brief.Say("status_quo"));
        brief.Add("Collect the evidence first, then weigh it, then judge: no verdict before the last finding. Look on purpose for what speaks against your first impression, and keep cause apart from coincidence.", brief.Say("evidence"));
        brief.AddOtherAnswers();
        brief.Add(brief.Say("format"), brief.Say("length"));
        brief.Add("If what is given does not suffice for a verdict, say which one or two facts would settle it and how each possible answer would turn out.");
    }
}
