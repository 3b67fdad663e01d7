using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Composing;

/// <summary>Code, or work on code: environment, limits, error cases, and what the answer holds besides code.</summary>
internal sealed class CodeRules : KindRules
{
    internal enum Work { New, Review, Repair, Refactor, Tests, Explain, Document }

    internal static Work Of(GoalAnatomy goal)
    {
        var verb = goal.Sentence.Verb;
        return verb is "review" or "check" or "audit" or "analyse" or "analyze" or "critique" || goal.Mentions("code review|review (?:of )?(?:my|the|our|this)|pull request review|security problems") ? Work.Review
            : goal.Mentions("unit tests?|integration tests?|tests? for|test cases?") ? Work.Tests
            : verb is "explain" or "understand" or "describe" ? Work.Explain
            : verb is "debug" or "fix" or "find" || goal.Mentions("stack traces?|error message|bug in|why does|debug\\w*") ? Work.Repair
            : verb is "refactor" or "improve" or "optimise" or "optimize" or "simplify" or "clean" or "speed" or "convert" or "translate" or "port" or "migrate" or "rewrite" || goal.Mentions("refactor\\w*") ? Work.Refactor
            : verb is "document" || goal.Mentions("docstrings?|documentation for|comments for") ? Work.Document
            : Work.New;
    }

    public override IEnumerable<Topic> Topics(GoalAnatomy goal, AnswerBook answers)
    {
        var work = Of(goal);
        var sql = CodeTopics.IsSql(goal);
        var thing = goal.The;
        // Pasted code shows its language by itself.
        if (work is Work.New or Work.Tests || goal.Materials.Count == 0)
            yield return new Topic
        {
            Id = "technology",
            Slot = Slots.Technology,
            Ask = $"In which language and version does {thing} run?",
            Why = "Syntax, libraries and idioms differ between versions.",
            Options =
            [
                .. sql ? (Option[])[new("PostgreSQL 16", "It runs on PostgreSQL 16."), new("MySQL 8", "It runs on MySQL 8."), new("SQLite 3", "It runs on SQLite 3: no features of larger databases.")]
                    : [new("Python 3.12", "It runs on Python 3.12, with type hints."), new("TypeScript, Node 22", "It is TypeScript in strict mode on Node 22, ES modules."), new("C# on .NET 10", "It is C# on .NET 10 with nullable reference types."), new("Bash on Linux", "It is Bash on a current Linux: set -euo pipefail, every expansion quoted.")],
                new("Different each time", "It runs on {{language_and_version}}."),
            ],
            Assume = sql ? "Assume PostgreSQL 16." : "Assume the current stable version of the language; if none is named, Python 3.12.",
            Own = reply => reply.Into("It runs on {0}: use what that version offers and nothing newer.", "It runs in this environment"),
        };
        if (sql && goal.Filled.Contains(Slots.Technology) && !goal.Mentions("postgres(?:ql)?|mysql|sqlite|oracle|sql server|t-sql|bigquery|snowflake"))
            yield return new Topic
            {
                Id = "dialect",
                Slot = Slots.Scope,
                FollowsUp = true,
                Ask = $"Which database runs {thing}?",
                Why = "Dates, limits and text functions differ in every dialect.",
                Options = [new("PostgreSQL", "The database is PostgreSQL 16."), new("MySQL or MariaDB", "The database is MySQL 8; keep to what MariaDB understands as well."), new("SQL Server", "The database is SQL Server 2022."), new("SQLite", "The database is SQLite 3: no features of larger databases.")],
                Assume = "Assume PostgreSQL 16; mark what other databases would not understand.",
                Own = reply => reply.Into("The database is {0}.", "It runs on this database"),
            };
        foreach (var topic in CodeTopics.Of(goal, work))
            yield return topic;
    }

    public override void Compose(Brief brief)
    {
        var goal = brief.Goal;
        var work = Of(goal);
        brief.Declare(new PromptVariable { Name = "language_and_version", Label = "Language and version", Help = "As exact as you know it.", Example = "Go 1.23, standard library only" });
        brief.Declare(new PromptVariable { Name = "code_sample", Label = "Code sample", Help = "A file in the style to follow.", Type = VariableType.LongText });
        brief.Declare(new PromptVariable { Name = "rule", Label = "Rule", Help = "What counts, in one sentence.", Example = "same email and same postcode" });
        brief.Add(TaskLine.Of(brief, "write"));
        var sql = CodeTopics.IsSql(goal);
        if (goal.Materials.Any(one => !TaskLine.IsInline(one)))
            brief.AddMaterials();
        else if (work is Work.New && sql)
            brief.AddInput("schema", "Schema", "CREATE TABLE statements of the tables involved, with indexes.", "create table customers (id bigint primary key, email text);");
        else if (work is Work.New)
            brief.AddInput("requirements", "Requirements", "Inputs, expected results, an example of each, limits.", "in: a folder of .log files; out: one CSV with a line per error");
        else
            brief.AddInput("code", "Code", "The code, with what is needed to understand it.");
        if (work is Work.Repair)
            brief.AddInput("error", "Error", "The error message or what happens, and what should happen instead.");
        brief.AddRest();
        brief.Add(brief.Say("technology"), brief.Say("dialect"), brief.Say("environment"));
        brief.Add(Method(work, sql), brief.Say("focus") ?? (work is Work.Review ? CodeTopics.NamedFocus(goal) : null));
        brief.Add(brief.Say("rules"), brief.Say("size"), brief.Say("errors"), brief.Say("style"), brief.Say("tests"));
        brief.AddOtherAnswers();
        brief.Add(brief.Say("output") ?? (work is Work.Review ? "List the findings, the worst first, at most ten." : work is Work.Explain ? "Explain in at most one page." : "Answer with the code in one block, then at most three sentences."));
        brief.Add(Missing(work, sql));
    }

    private static string Method(Work work, bool sql) => work switch
    {
        Work.Review => "Read it as the person who will be called when it fails. For each finding: the line, the input or moment in which it goes wrong, what happens then, the smallest change that prevents it. Report what would change behaviour; matters of taste only where they hide a mistake.",
        Work.Repair => "First say what the code really does with the input that fails, line by line up to where it departs from what was meant. Name the cause before the change, then make the smallest change that removes the cause rather than the symptom.",
        Work.Refactor => "Behaviour stays the same, errors and edge cases included. Work in steps that could each be committed alone, the safest first, and say for each what gets better: fewer branches, a name that tells the truth, one place instead of three.",
        Work.Tests => "Derive the cases from what the code promises, not from how it is written: the normal case, the edges of every input (empty, one, many, the limits), each error it can raise, and one case that would have caught a likely mistake. One behaviour per test, named by it.",
        Work.Explain => "Begin with what it is for in two sentences. Then follow one concrete input through it, naming values at each step; then what is surprising, fragile or easily misread. Quote the line you speak of.",
        Work.Document => "Document what a caller needs and cannot see: meaning and unit of each parameter, what is returned when there is nothing to return, what is thrown, what is changed elsewhere. What the signature says is not repeated.",
        _ when sql => "Use only tables and columns of the schema. Say how NULLs, duplicates and ties come out. Prefer one readable statement with named parts (WITH) over nested ones; no SELECT *.",
        _ => "Treat every input as possibly empty, huge or malformed, and check it where it enters. Names say what a thing is for; a comment only where the reason cannot be seen. Every part is finished: leave out dead code and anything somebody would have to fill in.",
    };

    private static string Missing(Work work, bool sql) => work switch
    {
        Work.Review or Work.Explain or Work.Document => "If something depends on code that is not shown, say what you assumed about it in the same line.",
        Work.Repair => "If the cause cannot be decided from what is shown, give the two likeliest and for each the one line of output that would prove it.",
        Work.Tests => "If the code contradicts what its names promise, write the test for the promise and mark it as expected to fail.",
        _ when sql => "If the schema does not have what the question needs, say which column is missing instead of inventing one.",
        _ => "If a requirement is open, choose the simplest reading, and state it in a comment at the place where it matters.",
    };
}
