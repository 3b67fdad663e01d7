using MetaPrompt.Web.Prompting.Checks;

namespace MetaPrompt.Web.Prompting;

/// <summary>
/// Deterministic findings about a template: no model is asked and no score is given. Rules about wording read English only
/// and stay silent about other languages.
/// </summary>
public static class PromptChecks
{
    // What a person writes by hand; longer imports are checked in their first part.
    private const int Checked = 60_000;

    /// <summary>What the rules notice, the most serious first, then by place.</summary>
    /// <param name="template">The template's text.</param>
    /// <param name="declared">Its variables, as declared.</param>
    /// <param name="contextTokens">How many tokens the chosen model reads; null where none is chosen.</param>
    public static IReadOnlyList<Finding> Find(string template, IReadOnlyList<PromptVariable> declared, int? contextTokens = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(declared);
        var whole = new CheckedText(template, declared);
        IEnumerable<Finding> findings = [.. PlaceholderRules.Undefined(whole), .. InputRules.Budget(whole, contextTokens)];
        if (template.Length <= Checked)
        {
            findings =
            [
                .. findings, .. PlaceholderRules.Malformed(whole), .. PlaceholderRules.Mixed(whole),
                .. WordingRules.NoTask(whole), .. OutputRules.Find(whole), .. InputRules.Bare(whole), .. InputRules.Strangers(whole), .. InputRules.LongLast(whole), .. InputRules.Secrets(whole),
                .. WordingRules.Vague(whole), .. WordingRules.Opposed(whole), .. WordingRules.Prohibitions(whole), .. WordingRules.Shouting(whole),
            ];
        }
        return findings.OrderByDescending(finding => finding.Level).ThenBy(finding => finding.Start).ToList();
    }

    /// <summary>
    /// What a rewrite did to the placeholders: one finding (rule "placeholder-lost") for each that disappeared and each that is
    /// new. Whoever saves a rewrite asks first when there is any.
    /// </summary>
    public static IReadOnlyList<Finding> PlaceholdersLost(string before, string after)
    {
        var old = PromptTemplate.Parse(before);
        var now = PromptTemplate.Parse(after);
        var findings = new List<Finding>();
        foreach (var name in old.VariableNames.Except(now.VariableNames, StringComparer.Ordinal))
            findings.Add(new Finding
            {
                Rule = "placeholder-lost", Start = 0, Length = 0,
                Message = $"The new text no longer has {{{{{name}}}}}.",
                Why = "Its value would no longer reach the model.",
                Mend = new Mend("Go back to the text before", before),
                Level = FindingLevel.Danger,
            });
        foreach (var part in now.Parts.OfType<VariablePart>().DistinctBy(part => part.Name).Where(part => !old.VariableNames.Contains(part.Name)))
            findings.Add(new Finding
            {
                Rule = "placeholder-lost", Start = part.Start, Length = part.Length,
                Message = $"The new text has {{{{{part.Name}}}}}, which was not there before.",
                Why = "Somebody has to fill it in, or the model reads the placeholder itself.",
            });
        return findings;
    }
}
