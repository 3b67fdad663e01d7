using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting.Importing;

/// <summary>Finds in a prompt what stands for the goal that nobody wrote down: its first sentence, else its title.</summary>
internal static partial class GoalOf
{
    private const int MaxLength = 240;
    private const int MinLength = 12;
    private const int MaxSearched = 4_000;

    /// <summary>One line of at most 240 characters, with the variables' names in words.</summary>
    public static string Prompt(string template, IReadOnlyList<PromptVariable> variables, string title)
    {
        var text = template.Length > MaxSearched ? template[..MaxSearched] : template;
        var role = "";
        foreach (var line in text.Split('\n'))
        {
            var candidate = Readable(line, variables);
            if (candidate.Length == 0)
                continue;
            // JSON, YAML, tags and tables have no first sentence.
            if (Structure().IsMatch(candidate))
                break;
            var sentence = FirstSentence(candidate);
            if (role.Length == 0 && Role().IsMatch(sentence))
            {
                // "Act as an expert." says who, not what; what follows does.
                role = sentence;
                sentence = FirstSentence(candidate[sentence.Length..].Trim());
            }

            if (IsSentence(sentence))
                return Lines.Shorten(role.Length == 0 ? sentence : role + " " + sentence, MaxLength);
        }

        return role.Length > 0 ? Lines.Shorten(role, MaxLength) : title;
    }

    // Not a greeting, a version or a label; writing without blanks cannot be told by its words.
    private static bool IsSentence(string text) =>
        text.Length >= MinLength && (text.Count(c => c == ' ') >= 2 || text.Any(c => c >= '\u2e80'));

    private static string Readable(string line, IReadOnlyList<PromptVariable> variables)
    {
        // Headings say what a section is called, not what is wanted.
        if (Heading().IsMatch(line))
            return "";
        var values = variables.ToDictionary(variable => variable.Name, variable => variable.DisplayName.ToLowerInvariant());
        var words = PromptTemplate.Parse(line).Resolve(values);
        return Lines.Collapse(Marks().Replace(words, ""));
    }

    private static string FirstSentence(string line)
    {
        var end = SentenceEnd().Match(line);
        return end.Success ? line[..(end.Index + end.Length)].Trim() : line;
    }

    [GeneratedRegex(@"^\s*(#|---|===|```|~~~)")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^(I want you to |I'd like you to |Please |You (will|should) )?(act|serve|behave) (as|like)\b|^You are an? ", RegexOptions.IgnoreCase)]
    private static partial Regex Role();

    [GeneratedRegex(@"\*\*|__|`|^\s*(>|[-*•]\s)")]
    private static partial Regex Marks();

    [GeneratedRegex(@"^([{\[<|]|[""']?[\w-]+[""']?\s*:\s*([{\[|>""]|$)|[a-z_-]+:\s)")]
    private static partial Regex Structure();

    // Not after one letter ("e. g.") and not after a number with a stop ("1. Do this").
    [GeneratedRegex(@"(?<=[\p{L}\p{N})""'”’]{2})[.!?…]+[)""'”’]*(?=\s|$)|[。！？]")]
    private static partial Regex SentenceEnd();
}
