using MetaPrompt.Web.Prompting.Importing;

namespace MetaPrompt.Web.Prompting.Exporting;

/// <summary>Says in plain sentences what became of a prompt on its way through a format.</summary>
internal static class PromptDifferences
{
    private static readonly Dictionary<string, string> NoValue = [];

    /// <summary>What differs; empty where nothing does.</summary>
    public static IReadOnlyList<string> Find(PortablePrompt before, PortablePrompt after)
    {
        var lost = new List<string>();
        if (before.Title != after.Title)
            lost.Add($"Its title becomes “{Lines.Shorten(after.Title, 80)}”.");
        if (before.Goal.Trim() != after.Goal && before.Goal.Trim().Length > 0)
            lost.Add("Its goal is left out.");
        Text(before, after, lost);
        var known = after.Variables.ToDictionary(variable => variable.Name, StringComparer.Ordinal);
        var pairs = before.Variables.Where(variable => known.ContainsKey(variable.Name)).Select(variable => (Was: variable, Is: known[variable.Name])).ToList();
        Variables("label", "labels", pairs, pair => pair.Was.Label != pair.Is.Label && pair.Was.DisplayName != pair.Is.DisplayName && pair.Was.Label is not null);
        Variables("help text", "help texts", pairs, pair => pair.Was.Help != pair.Is.Help && !string.IsNullOrEmpty(pair.Was.Help));
        Variables("default", "defaults", pairs, pair => pair.Was.Default != pair.Is.Default && !string.IsNullOrEmpty(pair.Was.Default));
        Variables("example", "examples", pairs, pair => pair.Was.Example != pair.Is.Example && !string.IsNullOrEmpty(pair.Was.Example));
        Variables("list of choices", "lists of choices", pairs, pair => pair.Was.Choices.Count > 0 && !pair.Was.Choices.SequenceEqual(pair.Is.Choices, StringComparer.Ordinal));
        Variables("kind", "kinds", pairs, pair => pair.Was.Type != pair.Is.Type && (pair.Was.Choices.Count == 0 || pair.Is.Choices.Count > 0));
        Variables("mark as not required", "marks as not required", pairs, pair => !pair.Was.Required && pair.Is.Required);
        Variables("longest length", "longest lengths", pairs, pair => pair.Was.MaxLength is not null && pair.Is.MaxLength != pair.Was.MaxLength);
        return lost;

        void Variables(string one, string many, List<(PromptVariable Was, PromptVariable Is)> all, Func<(PromptVariable Was, PromptVariable Is), bool> differs)
        {
            var names = all.Where(differs).Select(pair => PromptTemplate.Placeholder(pair.Was.Name)).ToList();
            if (names.Count > 0)
                lost.Add($"The {(names.Count == 1 ? one : many)} of {RawPrompt.Some(names)} {(names.Count == 1 ? "is" : "are")} left out or changed.");
        }
    }

    private static void Text(PortablePrompt before, PortablePrompt after, List<string> lost)
    {
        var was = PromptTemplate.Parse(before.Template.Trim());
        var now = PromptTemplate.Parse(after.Template);
        var gone = was.VariableNames.Except(now.VariableNames, StringComparer.Ordinal).Select(PromptTemplate.Placeholder).ToList();
        var added = now.VariableNames.Except(was.VariableNames, StringComparer.Ordinal).Select(PromptTemplate.Placeholder).ToList();
        if (gone.Count > 0 && gone.Count == added.Count)
            lost.Add($"{RawPrompt.Some(gone)} {Is(gone)} named {RawPrompt.Some(added)} there.");
        else if (gone.Count > 0)
            lost.Add($"{RawPrompt.Some(gone)} {Is(gone)} no variable there.");
        else if (added.Count > 0)
            lost.Add($"{RawPrompt.Some(added)} {Is(added)} text in your prompt and {(added.Count == 1 ? "becomes a variable" : "become variables")} there: this format cannot say the difference.");
        else if (was.Resolve(NoValue) != now.Resolve(NoValue))
            lost.Add("Its text changes: this format has no way to write all of its characters.");
    }

    private static string Is(List<string> names) => names.Count == 1 ? "is" : "are";
}
