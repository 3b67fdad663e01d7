using System.Text.RegularExpressions;

namespace MetaPrompt.Web.Prompting;

/// <summary>Guesses what a variable holds from its name and from where it stands.</summary>
internal static partial class VariableGuess
{
    /// <summary>A type by the rules below; <see cref="VariableType.Text"/> where nothing speaks.</summary>
    public static VariableType Type(PromptTemplate template, string name)
    {
        if (Counts().IsMatch(name))
            return VariableType.Number;
        if (Days().IsMatch(name))
            return VariableType.Date;
        if (Flags().IsMatch(name))
            return VariableType.YesNo;
        if (JsonNames().IsMatch(name))
            return VariableType.Json;
        if (IsMaterialName(name))
            return VariableType.LongText;
        for (var index = 0; index < template.Parts.Count; index++)
        {
            if (template.Parts[index] is VariablePart variable && variable.Name == name)
                return StandsInOwnTags(template.Text, variable) ? VariableType.LongText : VariableType.Text;
        }
        return VariableType.Text;
    }

    /// <summary>Whether a name sounds like pasted material rather than a word or two.</summary>
    public static bool IsMaterialName(string name) => Material().IsMatch(name);

    private static bool StandsInOwnTags(string text, VariablePart variable)
    {
        var before = text.AsSpan(0, variable.Start).TrimEnd();
        var after = text.AsSpan(variable.Start + variable.Length).TrimStart();
        return before.EndsWith(">") && after.StartsWith("</") && text.AsSpan(0, variable.Start).IndexOf('\n') >= 0
            && text[..variable.Start].TrimEnd(' ', '\t').EndsWith('\n');
    }

    [GeneratedRegex("^(number|count|amount|max|min|how_many|maximum|minimum)(_|$)|_(count|limit|percent|percentage|minutes|hours|days)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Counts();

    [GeneratedRegex("(^|_)(date|deadline|day_of|due)(_|$)|_on$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Days();

    [GeneratedRegex("^(is|has|should|include)_", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Flags();

    [GeneratedRegex("(^|_)json(_|$)|_schema$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex JsonNames();

    [GeneratedRegex("(^|_)(texts?|articles?|documents?|content|transcripts?|papers?|drafts?|contracts?|code|diff|logs?|notes|emails?|reviews?|messages?|tickets?|résumé|resume|cv|reports?|essays?|letters?|requests?|feedback|comments?|source|passage|chapters?|posting|descriptions|data|table|csv|minutes|story|stories|script|conversation|chat)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Material();
}
