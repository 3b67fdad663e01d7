using System.Text.Json;
using System.Text.RegularExpressions;
using MetaPrompt.Web.Prompting.Reading;

namespace MetaPrompt.Web.Prompting.Checks;

/// <summary>Rules about the answer: its form, its size, its shape and its examples. Lexical parts are English only.</summary>
internal static partial class OutputRules
{
    public static IEnumerable<Finding> Find(CheckedText text)
    {
        var english = Languages.Detect(text.Prose) == "en";
        var whole = text.Text;
        if (english && !string.IsNullOrWhiteSpace(whole))
        {
            if (!Format().IsMatch(whole))
                yield return WordingRules.Missing("no-output-format", "Nothing says what the answer looks like.", "A paragraph, a list or a table: the model picks one, and another next time.");
            if (!Length().IsMatch(whole) && !SelfSized().IsMatch(whole))
                yield return WordingRules.Missing("no-length", "Nothing says how long the answer may be.", "Without a limit answers vary from a line to a page.");
        }
        var json = AsksForJson().Match(text.Prose);
        var sample = Samples(whole).ToList();
        if (json.Success)
        {
            if (!sample.Any(one => one.Looks) && !NamedFields().IsMatch(whole))
                yield return new Finding
                {
                    Rule = "json-without-shape", Start = json.Index, Length = json.Length,
                    Message = "JSON is asked for, but no field is named.",
                    Why = "The keys will differ from run to run, and the program that reads them will fail.",
                };
            foreach (var one in sample.Where(one => one.Looks && !one.Valid).Take(3))
                yield return new Finding
                {
                    Rule = "example-breaks-format", Start = one.Start, Length = one.Length,
                    Message = "The example is not valid JSON.",
                    Why = "Models copy the form of an example before they follow its description.",
                };
        }
        var bound = FormatBound().Match(text.Prose);
        if (bound.Success && sample.Count == 0 && !Example().IsMatch(whole))
            yield return new Finding
            {
                Rule = "no-example", Start = bound.Index, Length = bound.Length,
                Message = "A fixed format is asked for without an example of it.",
                Why = "One short example fixes a format better than a description.",
                Level = FindingLevel.Info,
            };
        if (VerdictFirst().Match(text.Prose) is { Success: true } verdict)
            yield return Verdict(verdict.Index, verdict.Length);
        else if (VerdictKey().Match(whole) is { Success: true } key)
            yield return Verdict(key.Index, key.Length);
    }

    private static Finding Verdict(int start, int length) => new()
    {
        Rule = "verdict-first", Start = start, Length = length,
        Message = "The verdict is asked for before the reasons.",
        Why = "A model that has given its verdict finds reasons for it; asked first for reasons, it judges better.",
    };

    // Braces that hold quoted keys are meant as JSON; what stands for "anything" in them is filled in before parsing.
    private static IEnumerable<(int Start, int Length, bool Looks, bool Valid)> Samples(string text)
    {
        var from = 0;
        for (var round = 0; round < 8; round++)
        {
            var match = JsonStart().Match(text, from);
            if (!match.Success)
                yield break;
            var end = Balanced(text, match.Index);
            if (end < 0)
            {
                yield return (match.Index, Math.Min(60, text.Length - match.Index), true, false);
                yield break;
            }
            from = end;
            yield return (match.Index, end - match.Index, true, IsJson(text[match.Index..end]));
        }
    }

    private static int Balanced(string text, int start)
    {
        int depth = 0;
        var quoted = false;
        for (var at = start; at < text.Length && at < start + 20_000; at++)
        {
            var c = text[at];
            if (quoted && c == '\\')
                at++;
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted && c is '{' or '[')
                depth++;
            else if (!quoted && c is '}' or ']' && --depth == 0)
                return at + 1;
        }
        return -1;
    }

    private static bool IsJson(string sample)
    {
        // Placeholders and "..." stand for values that a person would fill in.
        var filled = Stand().Replace(sample, match => match.Value.StartsWith('"') ? match.Value : match.Groups["list"].Success ? "" : "0");
        try
        {
            using var document = JsonDocument.Parse(filled, new JsonDocumentOptions { AllowTrailingCommas = true });
            return true;
        }
        catch (JsonException)
        {
            // Not being JSON is the answer that was looked for.
            return false;
        }
    }

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    [GeneratedRegex("\\b(?:json|csv|xml|yaml|markdown|html|table|bullets?|bullet points?|lists?|paragraphs?|sentences?|headings?|columns?|numbered|one line|lines|stanzas?|format|diff|code block|in one block|steps|schedule|essay|email|letter|poem|haiku|answer (?:with|in|as|only)|(?:respond|reply|output|return) (?:with|in|as|only)|nothing else|alone|scene|dialogue|words|one question|verdict|a turn|questions?, then|translation)\\b", Options)]
    private static partial Regex Format();

    [GeneratedRegex("\\b(?:\\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|fifty|hundred|a single|half a|a)(?:\\s*(?:-|–|to|or)\\s*(?:\\d+|\\w+))?[ -](?:[\\w-]+ )?(?:words?|sentences?|paragraphs?|pages?|bullets?|lines?|characters?|tokens?|points?|items?|entries|questions?|turns?|findings|rows|steps|ideas|names|examples|minutes|days|weeks|tweets?|slides?|blocks?|options|versions?|rules|posts?|stanzas?|month|months|hours|columns|object|label)\\b"
        + "|\\b(?:at most|no more than|no longer than|up to|under|fewer than|less than|maximum|max\\.?|at least|exactly|between|about|around) (?:\\d|\\{\\{|one|two|three|four|five|six|seven|eight|nine|ten|a |half)|\\b(?:short|brief|briefly|concise|long|as long as|length|detailed|in detail|tweet|haiku|limerick|sonnet|one-liner|one[- ]page|everything|complete|every|as many|one per|per record|one record|each|only the|alone)\\b|\\b(?:keep|limit)\\b[^.\\n]{0,60}\\bto\\b", Options)]
    private static partial Regex Length();

    // JSON with named keys, a label or code has the length its content has.
    [GeneratedRegex("\\{\\s*\"|\\b(?:json|csv)\\b|```|\\b(?:label|category|function|script|query|translat\\w+)\\b", Options)]
    private static partial Regex SelfSized();

    [GeneratedRegex("\\b(?:as|in|with|return|output|only|valid|a|one|this|following) (?:an? |valid |one |this |single |well-formed |strict )?json\\b", Options)]
    private static partial Regex AsksForJson();

    [GeneratedRegex("\\b(?:keys?|fields?|properties|schema|columns)\\b", Options)]
    private static partial Regex NamedFields();

    [GeneratedRegex("\\b(?:as|in|return|output|following|this) (?:an? |valid )?(?:csv|xml|yaml|format)\\b", Options)]
    private static partial Regex FormatBound();

    [GeneratedRegex("\\b(?:example|e\\.g\\.|for instance|such as|like this|header|schema|columns)\\b|```|<example", Options)]
    private static partial Regex Example();

    [GeneratedRegex("\\b(?:score|rating|verdict|label|classification|decision|grade|recommendation|answer yes or no)(?: first)?,? (?:and then|then|followed by|and) (?:explain|justify|give (?:your |the |a )?reasons?|the reasons?|your reasoning|a justification|an explanation|why)\\b|\\b(?:first|start with|begin with) (?:give |state |the |your |a )*(?:score|rating|verdict|grade|label)\\b", Options)]
    private static partial Regex VerdictFirst();

    [GeneratedRegex("\\{\\s*\"(?:score|rating|verdict|label|grade|decision|category|classification|answer)\"\\s*:[^{}\\n]*,\\s*\"(?:reason|reasons|reasoning|explanation|justification|why|rationale|evidence)\"", Options)]
    private static partial Regex VerdictKey();

    [GeneratedRegex("(?<!\\{)[\\[]?\\{\\s*\"[^\"\\n]{1,80}\"\\s*:")]
    private static partial Regex JsonStart();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|\\{\\{[^{}]*\\}\\}|(?<list>,?\\s*(?:\\.\\.\\.|…)(?=\\s*[\\]}]))|\\.\\.\\.|…|<[^<>\\n]*>")]
    private static partial Regex Stand();
}
