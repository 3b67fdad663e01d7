namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Forms around jobs and applications.</summary>
internal static class CareerForms
{
    private static readonly WritingForm CoverLetter = new()
    {
        Names = "cover letters?|motivation(?:al)? letters?|letters? of motivation|application letters?|personal statements?|statements? of purpose",
        Structure = "Three paragraphs: why this employer, with one thing only someone who read the posting would say; the two experiences that answer its two hardest requirements, each with a result; what you would do first, and when you could talk.",
        Quality = "Every claim names what was done and what came of it, in numbers where they exist. Do not repeat the résumé line by line: say what the lines mean for this job instead.",
        Lengths = ["At most 300 words", "At most 200 words", "One full page", "Different each time"],
        Aims =
        [
            new("Invite me to an interview", "It has worked when the reader wants to ask about one thing in it: choose the story that raises that question and tell two thirds of it."),
            new("Overlook a gap or a change of field", "It has worked when the reader stops wondering about the gap or change: name it in one sentence and turn at once to what it taught that this job needs."),
            new("See that I know the company", "It has worked when the reader sees homework done: tie each experience to something this employer does or has said."),
        ],
        Readers =
        [
            new("A recruiter skimming", "The reader is a recruiter with half a minute: the first sentence of each paragraph must work alone, in the posting's own terms."),
            new("The future boss", "The reader is the future boss and knows the craft: name tools, sizes and trade-offs instead of virtues."),
            new("A selection committee", "The reader is a committee with a list of criteria: answer each criterion once, so that it can be ticked."),
        ],
        AssumedReader = "a recruiter who skims for half a minute: the first sentence of each paragraph must work alone",
        Facts = ("résumé_and_posting", "Résumé and job posting", "Paste the résumé first, then the job posting."),
        UseFacts = "Use only experience that the résumé shows, and answer the requirements the posting puts first.",
        Missing = "If a requirement has no match in the experience given, do not claim one: name the nearest thing done and how fast the rest was learnt elsewhere.",
        Tones =
        [
            new("Confident and plain", "Sound confident and plain: first person, active verbs, no superlatives about yourself."),
            new("Enthusiastic", "Sound keen on the work itself: name what you want to get your hands on, without exclamation marks."),
            new("Formal", "Sound formal: no contractions, a full salutation and close."),
            new("Like a sample of my writing", WritingForms.VoiceSample),
        ],
        Limits =
        [
            new("Salary and notice period", "Leave pay and notice period out; the conversation is the place for them."),
            new("Reasons for leaving", "Leave out why the last job ended; say what draws you to this one instead."),
            new("Nothing in particular", "Leave out what every applicant claims (team player, hard-working): show it in something done instead."),
        ],
    };

    private static readonly WritingForm JobAd = new()
    {
        Names = "job (?:descriptions?|postings?|ads?|adverts?)|vacanc(?:y|ies)|role descriptions?",
        Structure = "First what the person will have achieved after a year, then the work of a normal week, then at most five real requirements, then pay, place and how to apply.",
        Quality = "Separate what is needed on the first day from what can be learnt, and say which is which. Use tasks instead of adjectives: “ninja”, “fast-paced” and “family” tell nobody anything.",
        Lengths = ["About 350 words", "Under 200 words", "About 600 words", "Different each time"],
        Aims =
        [
            new("Attract the right few", "It has worked when five fitting people apply and fifty others see it is not theirs: be exact about the hard part of the job."),
            new("Reach people who would not apply", "It has worked when people apply who usually hold back: keep must-haves to what the first month needs and say that the rest is taught."),
            new("Fill the post quickly", "It has worked when someone can apply from a phone in five minutes: put pay, place and start date in the first three lines."),
        ],
        Readers =
        [
            new("People who have a job already", "Readers are employed and not looking: lead with what this job has that theirs has not."),
            new("Starters", "Readers are at the beginning: say what they will be taught and by whom."),
            new("Senior specialists", "Readers are senior: name the problem, the size of it and how much they may decide."),
        ],
        AssumedReader = "people who have a job already and compare: lead with the work, not with the company",
        Facts = ("role_details", "Role details", "Tasks, must-haves, pay, place, team, start: notes are enough."),
        UseFacts = "Take tasks, requirements and pay from the role details and add none.",
        Missing = "If pay, place or hours are missing, list them after the ad under “To fill in” instead of writing “competitive”.",
        Limits =
        [
            new("Buzzwords", "Leave out buzzwords; name the task or the tool instead."),
            new("Years of experience", "Leave out years of experience; name what someone must have done instead."),
            new("Company history", "Leave out the company's history; one sentence on what it does is enough."),
        ],
    };

    private static readonly WritingForm Profile = JobAd with
    {
        Names = "résumés?|resumes?|cvs?|bios?|biograph(?:y|ies)|linkedin (?:profile|summary|about)|profiles?|about (?:me|us)",
        Structure = "Begin with what this person does for whom, then the two or three things that prove it, then what they do next or look for. Newest first.",
        Quality = "Each line says what was done, how large it was and what changed. Replace “responsible for” by the verb of what was really done.",
        Lengths = ["About 100 words", "One page", "Two sentences", "Different each time"],
        Aims =
        [
            new("Invite me to talk", "It has worked when a reader knows within ten seconds what to talk to this person about: lead with that."),
            new("Trust my expertise", "It has worked when a reader believes it without asking: put proof (numbers, names, published work) next to each claim."),
            new("Remember me", "It has worked when a reader can retell one detail: keep the one nobody else could write."),
        ],
        Readers =
        [
            new("Recruiters", "Readers are recruiters who search for words: use the job's usual terms, once each, where they are true."),
            new("Clients", "Readers are clients: say which problem goes away and for whom it did."),
            new("Peers at a conference", "Readers are peers: say what you work on now and what you would like to argue about."),
        ],
        AssumedReader = "a stranger who decides in ten seconds whether to read on: the strongest fact comes first",
        Facts = ("facts_about_the_person", "Facts about the person", "Positions, results, years, interests: notes are enough."),
        UseFacts = "Use only the facts given, keep names and dates exactly, and choose those that serve the aim.",
        Missing = "If a result has no number, write what became possible instead of inventing one.",
        Limits = null,
    };

    public static IReadOnlyList<WritingForm> All { get; } = [CoverLetter, JobAd, Profile];
}
