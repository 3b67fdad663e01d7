using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Ordered steps: with what, until when, under which limits, and how one knows it is done.</summary>
internal sealed class PlanRules : KindRules
{
    private enum Field { Work, Food, Study, Body, Travel }

    private static Field Of(GoalAnatomy goal) =>
        goal.Mentions("meals?|recipes?|cook\\w*|dinner|lunch|menu|diet|bak\\w+|food|shopping list") ? Field.Food
        : goal.Mentions("workouts?|training|fitness|exercises?|running|marathon|gym|muscle|yoga|5k|10k") ? Field.Body
        : goal.Mentions("lessons?|stud(?:y|ying)|learn\\w*|curriculum|syllabus|course|exam|class|revision|teach\\w*|language") ? Field.Study
        : goal.Mentions("travel|trips?|itinerar(?:y|ies)|holiday|vacation|days? in|weekend|road trip|honeymoon") ? Field.Travel
        : Field.Work;

    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var field = Of(goal);
        yield return new Topic
        {
            Id = "resources",
            Slot = Slots.Inputs,
            Ask = field switch
            {
                Field.Food => "How much time, money and equipment is there for cooking?",
                Field.Body => "How fit are you, and what equipment is there?",
                Field.Study => $"Who learns, and how much time is there per week for {goal.The}?",
                Field.Travel => "Who travels, and what may it cost?",
                _ => $"Who and what is available for {goal.The}?",
            },
            Why = "A plan that needs more than there is fails on the first day.",
            Options = Resources(field),
            Assume = field switch
            {
                Field.Food => "Assume an ordinary kitchen, a supermarket nearby and 30 minutes for a meal.",
                Field.Body => "Assume an untrained, healthy adult without equipment.",
                Field.Study => "Assume three hours a week and a beginner.",
                Field.Travel => "Assume a mid-range budget and public transport.",
                _ => "Assume one person who does this beside other work, about five hours a week.",
            },
            Own = reply => reply.After("Plan with exactly this and nothing more"),
        };
        yield return new Topic
        {
            Id = "limits",
            Slot = Slots.Constraints,
            Ask = $"What is off limits for {goal.The}?",
            Why = "One ignored limit makes the whole plan useless.",
            Options = Limits(field),
            Assume = field switch
            {
                Field.Food => "Assume no allergies: name the common allergens per dish and a substitute.",
                Field.Body => "Assume no injuries: give an easier version of each exercise.",
                _ => "Assume no fixed limits beyond the time given: mark each step that needs someone's permission or money.",
            },
            Own = reply => reply.IsOrder ? Prohibition.WithWayOut(reply.Sentence) : reply.After("Respect this limit in every step, with another way where it gets in the way"),
        };
        yield return new Topic
        {
            Id = "horizon",
            Slot = Slots.Length,
            Ask = $"How far should {goal.The} reach?",
            Why = "The horizon decides how fine the steps are.",
            Options =
            [
                .. field is Field.Travel ? (Option[])[new("A long weekend", "Plan three days: at most three things a day, with the way between them.")]
                    : field is Field.Food or Field.Body ? [new("One week", "Plan seven days, one block per day, so that the week can be repeated.")]
                    : [new("Four weeks", "Plan four weeks: the first day by day, the others week by week.")],
                new("A single day", "Plan one day, in blocks with times."),
                new("Three months", "Plan three months: the first two weeks in detail, the rest as milestones with a date to look at it again."),
                new("Different each time", "Plan until {{deadline}}: near steps in detail, far ones as milestones."),
            ],
            Assume = field is Field.Travel ? "Assume three days." : field is Field.Food or Field.Body ? "Assume one week that can be repeated." : "Assume four weeks: the first day by day, the others week by week.",
            Own = reply => reply.IsPhrase ? $"Cover {English.Lower(reply.Inner)}: near steps in detail, far ones as milestones." : reply.After("Set the horizon like this"),
            Open = "At most ten steps.",
        };
        yield return new Topic
        {
            Id = "done",
            Slot = Slots.Criteria,
            Ask = field switch
            {
                Field.Food => "When has the plan been a success?",
                Field.Body => "What do you want to be able to do at the end?",
                Field.Study => "What can the learner do at the end?",
                Field.Travel => "What would make the trip worth it?",
                _ => $"How will you know that {goal.The} worked?",
            },
            Why = "Steps can only be chosen backwards from an end that can be checked.",
            Options = [.. Done(field).Select(option => option with { Says = option.Says.Replace("It has worked", $"{English.Upper(goal.The)} {(goal.Plural ? "have" : "has")} worked", StringComparison.Ordinal) })],
            Assume = "Assume this counts as success: " + English.Lower(Done(field)[0].Label) + ".",
            Own = reply => reply.After("Work backwards from this end, and cut each step that does not lead to it"),
        };
        yield return new Topic
        {
            Id = "obstacles",
            Slot = Slots.Failure,
            Ask = "What usually gets in the way?",
            Why = "A plan with the likely trouble built in survives it.",
            Options =
            [
                new("Lack of time", "Expect time to run short: mark the steps that can be dropped, in the order in which to drop them."),
                new("Motivation fades", "Expect motivation to fade in the second week: make the steps there the smallest, each with a visible result."),
                new("Others do not deliver", "Expect others to be late: for each thing that comes from someone else, give the date to ask and what to do without it."),
                new("Plans change", "Expect changes: say which steps can be swapped and which must keep their order."),
            ],
            Assume = "Assume time runs short: mark the steps that can be dropped first.",
            Own = reply => reply.After("Build in what to do when this happens"),
        };
        yield return new Topic
        {
            Id = "format",
            Slot = Slots.Format,
            Ask = $"In what form do you want {goal.The}?",
            Why = "A table is looked at daily, a text is read once.",
            Options = [.. Formats(field).Select(option => option with { Says = "Answer with " + English.Lower(option.Says) })],
            Assume = "Assume a form to work from: " + English.Lower(Formats(field)[0].Says),
            Own = reply => reply.After("Give the plan this form"),
        };
    }

    private static IReadOnlyList<Option> Resources(Field field) => field switch
    {
        Field.Food => [
            new("30 minutes a meal, ordinary kitchen", "A meal takes at most 30 minutes in an ordinary kitchen, with ingredients from an ordinary supermarket."),
            new("Small budget, time to cook", "Keep the budget small: cheap basics, seasonal vegetables, leftovers planned in; cooking may take an hour."),
            new("Two long sessions, then reheating", "Cook in two sessions of three hours a week: the other meals are reheated; say for each how long it keeps."),
            new("Two hobs, no oven", "Cook on two hobs, without an oven, a mixer or much room in the fridge."),
            new("Different each time", "Plan with this: {{time_and_kitchen}}.")],
        Field.Body => [
            new("Beginner, no equipment", "Plan for a beginner without equipment: every exercise works on a floor of two metres."),
            new("Some training, dumbbells", "Plan for someone with half a year of training and a pair of dumbbells."),
            new("Trained, full gym", "Plan for a trained person with a full gym: give sets, repetitions and how hard the last one should feel."),
            new("Different each time", "Plan with this: {{fitness_and_equipment}}.")],
        Field.Study => [
            new("A beginner, three hours a week", "Plan for a beginner with three hours a week in sessions of 30 to 45 minutes."),
            new("A class of 25, 45 minutes", "Plan for a class of 25 and 45 minutes: minutes per phase, what the teacher does, what the class does."),
            new("Someone with basics, daily half hour", "Plan for someone with the basics and half an hour a day: new material on four days, repetition on three."),
            new("Different each time", "Plan with this: {{learner_and_time}}.")],
        Field.Travel => [
            new("Two adults, mid-range", "Two adults travel on a mid-range budget by public transport."),
            new("Family with small children", "A family with small children travels: one fixed thing a day, midday rest, toilets and food never far."),
            new("Alone, as cheap as possible", "One person travels as cheaply as possible: give the price of everything that is not free."),
            new("Different each time", "Plan with this: {{travellers_and_budget}}.")],
        _ => [
            new("Me alone, five hours a week", "Plan for one person with five hours a week beside other work."),
            new("A team of three to five", "Plan for a team of three to five: each step has one owner by role, and nothing waits for more than one person."),
            new("A company with budget", "Plan for a company that can buy help: say for each step whether to do it or buy it, with a rough price range marked as an estimate."),
            new("Different each time", "Plan with this: {{people_time_and_money}}.")],
    };

    private static IReadOnlyList<Option> Limits(Field field) => field switch
    {
        Field.Food => [new("Nuts and shellfish", "No nuts and no shellfish, not even traces: name a substitute wherever a dish usually has them."), new("Meat", "Without meat: protein comes from pulses, eggs, dairy or tofu in every main meal."), new("Food waste", "Plan so that nothing is thrown away: what is opened on one day is used up within three."), new("Anything exotic", "Only ingredients that every supermarket has; name a substitute for the two rarest.")],
        Field.Body => [new("Knees or back hurt", "Spare knees and back: no jumps and no loaded bending; give the gentler movement instead."), new("Noise at home", "Quiet exercises only: no jumps, nothing dropped; step instead."), new("More than three days a week", "At most three sessions a week; the days between are for walking and rest.")],
        Field.Travel => [new("Long walks", "At most two kilometres on foot in one go; say where to sit and which tram to take instead."), new("Tourist traps", "Choose where locals go; a famous place only at the hour when it is empty, and say which."), new("Early mornings", "Nothing before ten; what must be early is swapped for something that need not.")],
        Field.Study => [new("Homework", "Everything happens in the sessions; what needs practice gets ten minutes at the start of the next one instead."), new("Paid material", "Use free material only; name for each session what to search for."), new("Long lectures", "No more than ten minutes of listening at a stretch, then something to do.")],
        _ => [new("Extra budget", "Without extra budget: where money would be the easy way, give the way that costs time instead."), new("Interrupting daily work", "Daily business goes on: put steps that interrupt it on quiet hours and name them."), new("Steps that cannot be undone", "Put each step that cannot be undone after a check, and say how to go back until then.")],
    };

    private static IReadOnlyList<Option> Done(Field field) => field switch
    {
        Field.Food => [new("Everyone eats it and nothing is left over", "It has worked when everyone eats it and nothing is thrown away: reuse what is opened, vary only what matters."), new("Under budget", "It has worked when the shopping stays under budget: give a rough price per day, marked as an estimate."), new("Less time in the kitchen", "It has worked when two long sessions replace daily cooking: say what to prepare ahead and how long it keeps.")],
        Field.Body => [new("I keep doing it after the plan ends", "It has worked when it is kept up: sessions stay short enough never to be skipped, and get harder by one thing at a time."), new("A number I can measure", "It has worked when a test improves: name the test, do it on the first and last day."), new("No pain in daily life", "It has worked when stairs, carrying and sitting feel easier: name the movement each exercise helps.")],
        Field.Study => [new("Use it in a real situation", "It has worked when the learner manages one real situation: name it, and rehearse it in the last session."), new("Pass the test", "It has worked when a past test is passed: put a short one at the start and halfway, and re-plan from the gaps."), new("Explain it to someone else", "It has worked when the learner teaches it: each session ends with explaining its core in two minutes.")],
        Field.Travel => [new("One unforgettable thing a day", "It has worked with one unforgettable thing a day: plan the day around it and leave the rest loose."), new("Seeing the essentials", "It has worked when the essentials are seen: order them by way and opening hours, and say what to skip when late."), new("Coming home rested", "It has worked when everyone comes home rested: every second half-day stays empty.")],
        _ => [new("A result someone else can check", "It has worked when someone else can check the result: name it, who checks it and by what."), new("Finished by the date", "It has worked when it is finished by the date: plan backwards, with a fifth of the time left free."), new("It keeps running without me", "It has worked when it runs without me: the last steps hand over, with what to write down and who practises it.")],
    };

    private static IReadOnlyList<Option> Formats(Field field) => field switch
    {
        Field.Food => [new("A table plus a shopping list", "A table with a row per day and a column per meal, then one shopping list by shelf with quantities."), new("Recipes in full", "Each recipe with quantities, minutes and numbered steps, then one shopping list."), new("Only the dishes", "Only the name of each dish with its minutes, one line per meal.")],
        Field.Study => [new("A table by session", "A table with the columns Session, Aim, What to do with minutes, Check."), new("Numbered sessions in text", "Numbered sessions, each with aim, steps with minutes and a check at the end."), new("A checklist", "A checklist with boxes, one line per step, grouped by session.")],
        Field.Travel => [new("Day by day with times", "A block per day: time, place, how to get there, rough price, and a rain plan in one line."), new("A table", "A table with the columns Time, Place, Way, Price."), new("A list to choose from", "A list of places by district, each with why, how long and when, to choose from on the spot.")],
        _ => [new("Numbered steps with checks", "Numbered steps, each with who, how long, what it needs from earlier steps, and how to see that it is done."), new("A table", "A table with the columns Step, Who, Until when, Depends on, Done when."), new("A checklist", "A checklist with boxes, one line per step, grouped by week."), new("Milestones with reasons", "Milestones with dates and, for each, the reason for its place in the order.")],
    };

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        var field = Of(goal);
        brief.Declare(new PromptVariable { Name = "deadline", Label = "Until", Help = "A date or a number of weeks.", Example = "the end of May" });
        brief.Declare(new PromptVariable { Name = "time_and_kitchen", Label = "Time and kitchen", Help = "Minutes per meal, budget, equipment.", Example = "40 minutes, 60 a week, no microwave" });
        brief.Declare(new PromptVariable { Name = "fitness_and_equipment", Label = "Fitness and equipment", Help = "What you can do now and what you have.", Example = "ten push-ups, a rope" });
        brief.Declare(new PromptVariable { Name = "learner_and_time", Label = "Learner and time", Help = "Who learns, what they know, hours per week.", Example = "adult beginner, two hours a week" });
        brief.Declare(new PromptVariable { Name = "travellers_and_budget", Label = "Travellers and budget", Help = "Who travels, what it may cost.", Example = "two friends, 90 a day" });
        brief.Declare(new PromptVariable { Name = "people_time_and_money", Label = "People, time and money", Help = "Who works on it, how many hours, what it may cost.", Example = "two people, one day a week, no budget" });
        brief.Add(TaskLine.Of(brief, goal.Mentions("plans?|schedules?|itinerar(?:y|ies)|roadmaps?|checklists?|timetables?|agendas?|recipes?|routines?|budgets?") ? "make" : "plan"));
        brief.AddMaterials();
        if (goal.Materials.All(TaskLine.IsInline))
            brief.AddInput("situation", "Situation", "Where things stand: what is fixed, what was tried, dates that cannot move.");
        brief.AddRest();
        brief.Add(brief.Say("resources"), brief.Say("limits"));
        brief.Add(brief.Say("done"), brief.Say("horizon"));
        brief.Add(field switch
        {
            Field.Food => "Order by what spoils first. Use each fresh ingredient at least twice, and say what can be prepared the day before. Say in each dish what makes it filling.",
            Field.Body => "Order by load: hard days never follow each other. For each exercise give repetitions, rest and the sign that it is too much; only one thing gets harder per week.",
            Field.Study => "Order so that each session uses what the one before taught. Each begins with recalling without notes, brings one new thing and ends with using it.",
            Field.Travel => "Order by way and opening hours, so that nobody crosses town twice. Give for each day what to book ahead and what to do if it rains.",
            _ => "Order by what depends on what: say for each step which earlier one it needs. Put the riskiest assumption to the test in the first quarter, and name the point after which turning back gets expensive.",
        }, brief.Say("obstacles"));
        brief.AddOtherAnswers();
        brief.Add(brief.Say("format") ?? "Give numbered steps, each with how to see that it is done.",
            "Where a fact is missing on which the plan depends, state the assumption you made in one line before the plan.");
    }
}
